import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { listEmergencyCalls } from '@/lib/services/emergency/list-emergency-calls';
import { getNumber } from '@/lib/services/numbers/get-number';
import { listNumbers } from '@/lib/services/numbers/list-numbers';
import { getTenant } from '@/lib/services/tenants/get-tenant';
import { updateTenant } from '@/lib/services/tenants/update-tenant';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp, headerOf } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';

/** Acme's number, which leads to its 101 and is that of its place; Birch has a 103, too. */
const NUMBER = '+12025550101';
const ACME = 'acme.lab.test';
/** The lab's route for emergency calls. */
const CARRIER_PORT = 5_090;

let running: RunningSwitch;
let operator: ServiceContext;
let tenantId: string;
const phones: WirePhone[] = [];

beforeAll(async () => {
  running = await startSwitch();
  operator = await labOperator(running.database);
  const tenant = await running.database.prisma.tenant.findUniqueOrThrow({
    where: { domain: ACME },
  });
  tenantId = tenant.id;
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await running.noneIsLeft();
});

afterAll(async () => {
  expect(running.errors()).toEqual([]);
  await running.close();
});

const tenantIsLive = () =>
  eventually(async () => {
    const { generation, status } = await getTenant(operator, tenantId);
    return status.observedGeneration === generation;
  });

async function phone(tenant: string, user: string): Promise<WirePhone> {
  const opened = await WirePhone.open({
    ...{ user, domain: `${tenant}.lab.test`, secret: `lab-${tenant}-${user}` },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  phones.push(opened);
  expect((await opened.register()).status).toBe(200);
  return opened;
}

/** The carrier that takes the emergency calls, and calls back. */
async function carrier(): Promise<WirePhone> {
  const opened = await WirePhone.open({
    ...{ user: '+12025550911', domain: 'psap.test', secret: '' },
    ...{ server: `127.0.0.1:${running.ports.sip}`, localPort: CARRIER_PORT },
    localAddress: '127.0.0.1',
  });
  phones.push(opened);
  return opened;
}

/** The answering point calls the number back; who rings takes it, and it is over. */
async function callBack(psap: WirePhone, rung: WirePhone): Promise<void> {
  const [dialog] = await Promise.all([
    psap.call(NUMBER, audioSdp(43_000)),
    rung.answer(audioSdp(43_010)),
  ]);
  await rung.request('ACK');
  const gone = rung.hungUp();
  expect((await psap.hangUp(dialog)).status).toBe(200);
  await gone;
}

test('a call for help shows the number of its place, and a call back rings through to its phone for an hour', async () => {
  const helpless = await phone('acme', '103');
  const usual = await phone('acme', '101');
  await phone('birch', '103');
  const psap = await carrier();

  const calling = helpless.call('911', audioSdp(42_000));
  const invite = await psap.request('INVITE');
  expect(invite.start).toContain('sip:911@');
  expect(headerOf(invite, 'from')).toContain(`sip:${NUMBER}@`);
  psap.accept(invite, audioSdp(42_010));
  const dialog = await calling;
  await psap.request('ACK');
  const over = psap.hungUp();
  expect((await helpless.hangUp(dialog)).status).toBe(200);
  await over;

  await eventually(async () => (await listEmergencyCalls(operator)).items.length === 1);
  expect((await listEmergencyCalls(operator)).items[0]).toMatchObject({
    digits: '911',
    shownNumber: NUMBER,
    location: { name: 'Office', postalCode: '20500' },
  });

  // Whatever stands in the way of ordinary calls: a forward, a suspended house, an unpaid number.
  await running.lab.forwardAlways(ACME, '103', '104');
  await updateTenant(operator, tenantId, { state: 'suspended' });
  await running.lab.sql('UPDATE phone_number SET suspended_at = now() WHERE e164 = $1', [NUMBER]);
  await tenantIsLive();
  await numberIsLive();
  await callBack(psap, helpless);

  // Also after a restart, when only the database still knows.
  await running.restart();
  await callBack(psap, helpless);

  // When the hour is over it is a number like any other again: of a suspended house, so of nobody.
  await running.lab.sql('UPDATE emergency_call SET callback_until = now()');
  await running.restart();
  const uri = `sip:${NUMBER}@psap.test`;
  // By a CSeq of its own: a repeated refusal is not the answer to the next call.
  const refused = await psap.ask({ method: 'INVITE', uri, body: audioSdp(43_100), sequence: 50 });
  expect(refused.reply.status).toBe(404);
  // Nor may its phones stay: the suspended house has none any more.
  expect((await helpless.register()).status).toBe(403);
  await updateTenant(operator, tenantId, { state: 'active' });
  await running.lab.sql('UPDATE phone_number SET suspended_at = NULL WHERE e164 = $1', [NUMBER]);
  await tenantIsLive();
  await numberIsLive();
  await usual.register();
  await callBack(psap, usual);
});

test('a test of the way there leaves nothing behind', async () => {
  const tester = await phone('acme', '105');
  const psap = await carrier();
  const calling = tester.call('933', audioSdp(42_100));
  const invite = await psap.request('INVITE');
  psap.accept(invite, audioSdp(42_110));
  const dialog = await calling;
  await psap.request('ACK');
  const over = psap.hungUp();
  expect((await tester.hangUp(dialog)).status).toBe(200);
  await over;
  expect((await listEmergencyCalls(operator)).items.map(({ digits }) => digits)).toEqual(['911']);
});

async function numberIsLive(): Promise<void> {
  const [number] = (await listNumbers(operator, { search: NUMBER })).items;
  await eventually(async () => {
    const { generation, status } = await getNumber(operator, number?.id ?? '');
    return status.observedGeneration === generation;
  });
}
