import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { addCarrier } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** SIPp plays carriers that are out of order, or particular about how they are called. */
const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

const PORT = 15_730;
/** What a PASSporT takes in a header. */
const IDENTITY = `${'eyJhbGciOiJFUzI1NiJ9.'.repeat(52)};info=<https://cert.test/c.pem>;alg=ES256;ppt=shaken`;
const SIGNED_AT = 'Fri, 27 Nov 2026 12:00:00 GMT';

let running: RunningSwitch;
let operator: ServiceContext;
let phone: WirePhone;

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
  operator = await labOperator(running.database);
  phone = await WirePhone.open({
    ...{ user: '101', domain: 'acme.lab.test', secret: 'lab-acme-101' },
    server: `127.0.0.1:${running.ports.sip}`,
  });
});

afterEach(async () => {
  await stopAllSipp();
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  phone?.close();
  await running?.close();
});

/** Two carriers for one prefix, the first the cheaper one. */
async function twoCarriers(prefix: string, first: string, second: string): Promise<void> {
  const trunk = (address: string) => ({ address, port: PORT, transport: 'udp' }) as const;
  const carrier = { prefix, perMinute: '0.0010', trunk: trunk(first) };
  await addCarrier(operator, { ...carrier, name: `first for ${prefix}` });
  const dearer = { ...carrier, perMinute: '0.0020', trunk: trunk(second) };
  await addCarrier(operator, { ...dearer, name: `second for ${prefix}` });
}

test.each([
  { what: 'says 503', scenario: 'decline', prefix: '442079468', net: '127.0.1' },
  { what: 'says nothing at all', scenario: 'silent', prefix: '442079469', net: '127.0.2' },
] as const)(
  'a carrier that $what is passed over, and the call is charged once, at the price of the one that carried it',
  async ({ scenario, prefix, net }) => {
    const [out, next] = [`${net}.1`, `${net}.2`];
    await twoCarriers(prefix, out, next);
    const first = await startSipp({
      ...{ scenario, localAddress: out, localPort: PORT, refusal: 503 },
    });
    const second = await startSipp({
      ...{ scenario: 'answer', localAddress: next, localPort: PORT },
    });
    const before = await running.lab.wallet('Acme');
    const dialog = await phone.call(`+${prefix}001`, audioSdp(41_010));
    expect((await phone.hangUp(dialog)).status).toBe(200);
    const carried = await second.done;
    expect(carried.code, carried.messages).toBe(0);
    expect((await first.stop()).log).toContain(`sip:+${prefix}001@`);
    const call = await running.lab.call(`+${prefix}001`);
    expect(call).toMatchObject({ class: 'outbound', sipStatus: 200, attempts: 2 });
    expect(call.hops.map(({ seller }) => seller)).toEqual([
      ...['North', 'Operator', `second for ${prefix}`],
    ]);
    const paid = call.hops.find(({ buyer }) => buyer === 'Acme')?.amountMicro ?? 0n;
    expect(paid).toBeGreaterThan(0n);
    expect((await running.lab.wallet('Acme')).balanceMicro).toBe(before.balanceMicro - paid);
  },
);

test.each([
  { how: 'TCP where it is taken', transport: 't1', prefix: '442079471', address: '127.0.0.78' },
  { how: 'UDP where TCP is not', transport: 'u1', prefix: '442079472', address: '127.0.0.79' },
] as const)(
  'an INVITE that outgrew a datagram by its signature goes by $how, the signature untouched',
  async ({ transport, prefix, address }) => {
    await addCarrier(operator, {
      ...{ name: `large by ${transport}`, prefix, perMinute: '0.0010' },
      trunk: { address, port: PORT },
    });
    const carrier = await startSipp({
      ...{ scenario: 'answer', localAddress: address, localPort: PORT, transport },
    });
    const dialog = await phone.call(`+${prefix}001`, audioSdp(41_020), [
      ['Identity', IDENTITY],
      ['Date', SIGNED_AT],
    ]);
    expect((await phone.hangUp(dialog)).status).toBe(200);
    const { code, messages } = await carrier.done;
    expect(code, messages).toBe(0);
    expect(messages).toContain(`Identity: ${IDENTITY}\r\n`);
    expect(messages).toContain(`Date: ${SIGNED_AT}\r\n`);
    const received = /(\w+) message received \[(\d+)\] bytes[\s\S]{1,6}INVITE/.exec(messages);
    expect(received?.[1]).toBe(transport === 't1' ? 'TCP' : 'UDP');
    expect(Number(received?.[2])).toBeGreaterThan(1_300);
    expect(await running.lab.call(`+${prefix}001`)).toMatchObject({ sipStatus: 200, attempts: 1 });
  },
);
