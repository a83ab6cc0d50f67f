import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { clearestTone } from '@/tests/support/tone';

/** Calls that are asked for from the portal: the own phone rings first, then theirs. */
const test = anyTest.skipIf(!hasPeer('baresip'));

let running: RunningSwitch;
const phones: Baresip[] = [];

beforeAll(async () => {
  running = await startSwitch();
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()));
  await running.noneIsLeft();
});

afterAll(async () => {
  expect(running.errors()).toEqual([]);
  await running.close();
});

async function phone(
  user: string,
  options: { sipPort: number; toneHz: number; voices: string; answers?: boolean },
): Promise<Baresip> {
  const { sipPort } = options;
  const started = await Baresip.start({
    ...options,
    user,
    domain: 'acme.lab.test',
    password: `lab-acme-${user}`,
    server: `127.0.0.1:${running.ports.sip}`,
    rtpPort: sipPort + 3_000,
    controlPort: sipPort + 5,
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

async function originate(
  from: string,
  dialled: string,
): Promise<{ callId: string; scopePath: string }> {
  const extension = await running.database.prisma.extension.findFirstOrThrow({
    where: { number: from, tenant: { domain: 'acme.lab.test' } },
    select: { id: true, tenant: { select: { account: { select: { path: true } } } } },
  });
  const scopePath = extension.tenant.account.path;
  const { callId } = await running.control.send('originate', {
    scopePath,
    extensionId: extension.id,
    dialled,
    callAs: null,
  });
  return { callId, scopePath };
}

test.each([
  ['PCMA', 'PCMA'],
  ['opus/48000/2', 'PCMU'],
])(
  'a phone of %s that was rung and one of %s that was called hear each other',
  async (own, other) => {
    const caller = await phone('101', { sipPort: 15_730, toneHz: 1_000, voices: own });
    const callee = await phone('102', { sipPort: 15_740, toneHz: 440, voices: other });
    const { callId } = await originate('101', '102');
    await callee.says('CALL_ESTABLISHED');
    await eventually(() => clearestTone(callee.heard(), 1_000) > 0.9);
    await eventually(() => clearestTone(caller.heard(), 440) > 0.9);
    expect(clearestTone(callee.heard(), 440)).toBeLessThan(0.05);
    callee.hangUp();
    await caller.says('CALL_CLOSED');
    await eventually(async () => {
      const record = await running.database.prisma.call.findFirst({ where: { id: callId } });
      return record?.sipStatus === 200 && record.hungUpBy === 'callee';
    });
  },
);

test('whom nobody takes the call of hears that as at home, and only then is hung up on', async () => {
  const caller = await phone('105', { sipPort: 15_710, toneHz: 1_000, voices: 'PCMA' });
  const callee = await phone('106', {
    ...{ sipPort: 15_720, toneHz: 440, voices: 'PCMA' },
    answers: false,
  });
  const { callId } = await originate('105', '106');
  await callee.says('CALL_INCOMING');
  // Ringing of North America, and its tone of a busy line.
  await eventually(() => clearestTone(caller.heard(), 440) > 0.4);
  const before = caller.heard().length;
  callee.hangUp();
  await caller.says('CALL_CLOSED', 15_000);
  const after = caller.heard().slice(before);
  expect(clearestTone(after, 480)).toBeGreaterThan(0.4);
  expect(clearestTone(after, 620)).toBeGreaterThan(0.4);
  await eventually(async () => {
    const record = await running.database.prisma.call.findFirst({ where: { id: callId } });
    return record?.sipStatus === 486 && record.hungUpBy === 'callee';
  });
});

test('it is called off while the own phone rings', async () => {
  const caller = await phone('103', {
    ...{ sipPort: 15_750, toneHz: 1_000, voices: 'PCMA' },
    answers: false,
  });
  const { callId, scopePath } = await originate('103', '104');
  await caller.says('CALL_INCOMING');
  await expect(originate('103', '104')).rejects.toMatchObject({ code: 'CONFLICT' });
  await running.control.send('hangUp', { scopePath, callId });
  await caller.says('CALL_CLOSED');
  await eventually(async () => {
    const record = await running.database.prisma.call.findFirst({ where: { id: callId } });
    return record?.sipStatus === 487;
  });
});
