import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCarrier } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp, headerOf } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** A carrier with two places: the first sends calls on to the second, as a redirect server does. */
const FIRST = { localAddress: '127.0.0.81', localPort: 15_810 };
const SECOND = { localAddress: '127.0.0.82', localPort: 15_820 };
const PREFIX = '442079468';

let running: RunningSwitch;
let first: WirePhone;
let second: WirePhone;
let caller: WirePhone;

async function open(user: string, place: Partial<typeof FIRST> = {}): Promise<WirePhone> {
  return await WirePhone.open({
    ...{ user, domain: 'acme.lab.test', secret: `lab-acme-${user}`, ...place },
    server: `127.0.0.1:${running.ports.sip}`,
  });
}

beforeAll(async () => {
  running = await startSwitch();
  await addCarrier(await labOperator(running.database), {
    ...{ name: 'mover', prefix: PREFIX, perMinute: '0.0010' },
    trunk: {
      ...{ kind: 'ip', address: '127.0.0.80/30', host: FIRST.localAddress },
      ...{ port: FIRST.localPort, transport: 'udp' },
    },
  });
  first = await open('first', FIRST);
  second = await open('second', SECOND);
  caller = await open('101');
  expect((await caller.register()).status).toBe(200);
});

afterAll(async () => {
  await running.noneIsLeft();
  expect(running.errors()).toEqual([]);
  for (const phone of [first, second, caller]) phone.close();
  await running.close();
});

test('a call that its carrier sends to another place of its own is answered there, at its price', async () => {
  const number = `+${PREFIX}001`;
  const calling = caller.call(number, audioSdp(41_300));
  const sent = await first.request('INVITE');
  const contact = `<sip:${number}@${SECOND.localAddress}:${SECOND.localPort}>`;
  first.reply(sent, 302, { headers: [['Contact', contact]] });
  await first.request('ACK');
  const invite = await second.request('INVITE');
  expect(invite.start).toBe(
    `INVITE sip:${number}@${SECOND.localAddress}:${SECOND.localPort} SIP/2.0`,
  );
  expect(headerOf(invite, 'call-id')).not.toBe(headerOf(sent, 'call-id'));
  second.accept(invite, audioSdp(41_310));
  await second.request('ACK');
  const dialog = await calling;
  expect((await caller.hangUp(dialog)).status).toBe(200);
  await second.hungUp();
  const { hops } = await running.lab.call(number);
  expect(hops.at(-1)).toMatchObject({ buyer: 'Operator', seller: 'mover' });
});
