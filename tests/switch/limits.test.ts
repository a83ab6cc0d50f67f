import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { ServiceContext } from '@/lib/services/context';
import { getFraudBlock } from '@/lib/services/fraud/get-fraud-block';
import { getFraudProfile } from '@/lib/services/fraud/get-fraud-profile';
import { getFraudReport } from '@/lib/services/fraud/get-fraud-report';
import { listFraudBlocks } from '@/lib/services/fraud/list-fraud-blocks';
import { listFraudEvents } from '@/lib/services/fraud/list-fraud-events';
import { releaseFraudBlock } from '@/lib/services/fraud/release-fraud-block';
import type { SetFraudProfileInput } from '@/lib/services/fraud/schemas';
import { setFraudProfile } from '@/lib/services/fraud/set-fraud-profile';
import { getLimits } from '@/lib/services/limits/get-limits';
import type { SetLimitsInput } from '@/lib/services/limits/schemas';
import { setLimits } from '@/lib/services/limits/set-limits';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp, headerOf } from '@/tests/support/wire/message';
import { type WireDialog, WirePhone } from '@/tests/support/wire/phone';

/** Limits and fraud profiles on the real switch: SIPp is the lab's cheaper carrier for London. */
const hasPeers = hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

const CARRIER_B = 5092;
const LONDON = '+442079460018';

let running: RunningSwitch;
let operator: ServiceContext;
const phones: WirePhone[] = [];
const NO_LIMIT: SetLimitsInput = {
  ...{ maxConcurrentIn: null, maxConcurrentOut: null, maxCallSeconds: null, maxDailySpend: null },
  ...{ maxPerMinute: null, maxConnectFee: null, blockedClasses: [] },
};

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch({ exempt: ['127.0.0.0/8'] });
  operator = await labOperator(running.database);
  await startSipp({ scenario: 'answer', localPort: CARRIER_B, calls: 1_000, timeoutSeconds: 300 });
});

afterEach(async () => {
  if (!hasPeers) return;
  for (const open of phones.splice(0)) open.close();
  await running.noneIsLeft();
});

afterAll(async () => {
  await stopAllSipp();
  if (!hasPeers) return;
  expect(running.errors()).toEqual([]);
  await running.close();
});

async function phone(tenant: 'acme' | 'birch' | 'cedar', user: string): Promise<WirePhone> {
  const opened = await WirePhone.open({
    ...{ user, domain: `${tenant}.lab.test`, secret: `lab-${tenant}-${user}` },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  phones.push(opened);
  return opened;
}

let port = 42_000;
function call(from: WirePhone, number = LONDON): Promise<WireDialog> {
  port += 10;
  return from.call(number, audioSdp(port));
}

/** Status and reason of a call that is refused. */
async function refusal(from: WirePhone, number = LONDON): Promise<readonly string[]> {
  port += 10;
  const domain = from.identity.split('@')[1];
  const uri = `sip:${number}@${domain}`;
  const { reply, sent } = await from.ask({ method: 'INVITE', uri, body: audioSdp(port) });
  const { body: _body, ...invite } = sent;
  from.send({
    ...{ ...invite, method: 'ACK', to: headerOf(reply, 'to') },
    branch: `z9hG4bKsecond${sent.callId}`,
  });
  return [String(reply.status), headerOf(reply, 'x-tollbridge-reason')];
}

const extensionOf = async (domain: string, number: string): Promise<string> => {
  const where = { number, tenant: { domain } };
  return (await running.database.prisma.extension.findFirstOrThrow({ where })).id;
};
const accountOf = async (name: string): Promise<string> =>
  (await running.database.prisma.account.findFirstOrThrow({ where: { name } })).id;

/** Sets limits, and waits until the switch works with them. */
async function limit(
  subject: 'extension' | 'account',
  id: string,
  input: SetLimitsInput,
): Promise<void> {
  await setLimits(operator, running.control, { subject, id, input });
  await eventually(async () => {
    const { generation, status } = await getLimits(operator, running.control, { subject, id });
    return status.observedGeneration === generation;
  });
}

async function profile(name: string, input: SetFraudProfileInput): Promise<void> {
  const id = await accountOf(name);
  await setFraudProfile(operator, id, input);
  await eventually(async () => {
    const { generation, status } = await getFraudProfile(operator, id);
    return status.observedGeneration === generation;
  });
}

test('an extension and its account are held to their own number of calls out, each named', async () => {
  const acme = await accountOf('Acme');
  const extension = await extensionOf('acme.lab.test', '101');
  await limit('extension', extension, { maxConcurrentOut: 1 });
  await limit('account', acme, { maxConcurrentOut: 2 });
  const [first, second, third] = [
    await phone('acme', '101'),
    await phone('acme', '102'),
    await phone('acme', '103'),
  ];
  const calls = [await call(first)];
  expect(await refusal(first)).toEqual(['503', 'LIMIT_CONCURRENT;hop=own']);
  calls.push(await call(second));
  expect(await refusal(third)).toEqual(['503', 'LIMIT_CONCURRENT;hop=own']);
  // The same extension of another tenant has limits of its own: none.
  const foreign = await phone('cedar', '101');
  const other = await call(foreign);
  const { used } = await getLimits(operator, running.control, { subject: 'account', id: acme });
  expect([used?.concurrentCalls, used?.concurrentOut, used?.concurrentIn]).toEqual([2, 2, 0]);
  await foreign.hangUp(other);
  for (const [index, from] of [first, second].entries()) {
    const dialog = calls[index];
    if (dialog) await from.hangUp(dialog);
  }
  await eventually(async () => {
    const rows = await running.database.prisma.call.findMany({
      where: { refusalCode: 'LIMIT_CONCURRENT' },
      orderBy: { id: 'asc' },
    });
    const texts = rows.map(({ refusalText }) => refusalText);
    return (
      texts.join() ===
      [
        'extension 101 has reached its limit: 1 calls out at a time',
        'Acme has reached its limit: 2 calls out at a time',
      ].join()
    );
  });
  await limit('extension', extension, NO_LIMIT);
  await limit('account', acme, NO_LIMIT);
});

test('what was spent on a day counts across a restart, and a call that spends more is ended', async () => {
  const birch = await accountOf('Birch');
  await limit('account', birch, { maxDailySpend: '0.04' });
  const from = await phone('birch', '101');
  // 0.01 to connect and a minute of 0.03.
  await from.hangUp(await call(from));
  await running.noneIsLeft();
  expect(await refusal(from)).toEqual(['403', 'LIMIT_DAILY_SPEND;hop=own']);
  await running.restart();
  expect(await refusal(from)).toEqual(['403', 'LIMIT_DAILY_SPEND;hop=own']);
  const { used } = await getLimits(operator, running.control, { subject: 'account', id: birch });
  expect(used?.dailySpend).toEqual({ amount: '0.040000', currency: 'USD' });
  await limit('account', birch, { maxDailySpend: '1' });
  await call(from);
  await setLimits(operator, running.control, {
    ...{ subject: 'account', id: birch, input: { maxDailySpend: '0.05' } },
  });
  expect(headerOf(await from.hungUp(10_000), 'reason')).toContain('cause=21');
  await limit('account', birch, NO_LIMIT);
});

test('calls in a burst block their extension until it is released; calls for help go through', async () => {
  const velocity = { windowSeconds: 600, digits: 5, maxCalls: 2, maxSpend: null };
  await profile('Acme', { mode: 'enforce', velocity });
  const from = await phone('acme', '104');
  for (let count = 0; count < 2; count += 1) await from.hangUp(await call(from));
  expect(await refusal(from)).toEqual(['503', 'LIMIT_VELOCITY;hop=own']);
  expect(await refusal(from)).toEqual(['403', 'OUTBOUND_BLOCKED;hop=own']);
  // To anywhere outside, by now; colleagues and other extensions are not concerned.
  expect(await refusal(from, '+442079470018')).toEqual(['403', 'OUTBOUND_BLOCKED;hop=own']);
  expect((await refusal(from, '105'))[0]).toBe('480');
  const carrierA = await startSipp({ scenario: 'answer', localPort: 5090, calls: 1 });
  await from.hangUp(await call(from, '911'));
  expect((await carrierA.done).code).toBe(0);
  const find = async () => (await listFraudBlocks(operator)).items;
  await eventually(async () => (await find()).length === 1);
  const [block] = await find();
  if (!block) throw new Error('no block');
  expect(block).toMatchObject({ name: '104 · acme.lab.test', rule: 'velocity_calls' });
  await running.restart();
  expect(await refusal(from)).toEqual(['403', 'OUTBOUND_BLOCKED;hop=own']);
  await releaseFraudBlock(operator, block.id);
  await eventually(async () => {
    const { generation, status } = await getFraudBlock(operator, block.id);
    return status.observedGeneration === generation;
  });
  await from.hangUp(await call(from));
  await profile('Acme', { mode: 'off' });
});

test('shadow mode lets calls pass, and says what they would have saved', async () => {
  await profile('Cedar', { mode: 'shadow', blockedClasses: ['fixed'], countries: ['US'] });
  const from = await phone('cedar', '101');
  await from.hangUp(await call(from));
  await running.noneIsLeft();
  await eventually(
    async () =>
      (await listFraudEvents(operator, { outcome: 'would_have_blocked' })).items.length > 0,
  );
  const { items } = await listFraudEvents(operator, { outcome: 'would_have_blocked' });
  expect(items).toMatchObject([
    { rule: 'class', class: 'fixed', country: 'GB', prefix: '4420794', callerName: 'Cedar' },
  ]);
  const { totals } = await getFraudReport(operator);
  expect(totals).toMatchObject([{ wouldHaveBlocked: 1 }]);
  expect(Number(totals[0]?.wouldHaveSaved.amount)).toBeGreaterThan(0);
  await profile('Cedar', { mode: 'off' });
});
