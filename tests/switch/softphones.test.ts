import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Linphone } from '@/tests/support/linphone';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { labFields, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { clearestTone } from '@/tests/support/tone';

/** What softphones of two makers do beyond calling: attended transfers, early CANCELs, lamps. */
const hasPeers = hasPeer('baresip') && hasPeer('linphonec') && hasPeer('sipp');
const test = anyTest.skipIf(!hasPeers);

let running: RunningSwitch;
const opened: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  if (!hasPeers) return;
  running = await startSwitch();
});

afterEach(async () => {
  await stopAllSipp();
  await Promise.all(opened.splice(0).map((each) => each.stop()));
  if (hasPeers) await running.noneIsLeft();
});

afterAll(async () => {
  await running?.close();
});

interface Started {
  readonly user: string;
  readonly tenant?: 'acme' | 'birch';
  readonly sipPort: number;
  readonly toneHz?: number;
  readonly answers?: boolean;
  readonly onlyPcmu?: boolean;
}

function account({ tenant = 'acme', toneHz = 440, ...phone }: Started) {
  return {
    ...{ ...phone, toneHz, domain: `${tenant}.lab.test` },
    ...{ password: `lab-${tenant}-${phone.user}`, server: running.lab.sip },
    rtpPort: phone.sipPort + 3_000,
  };
}

async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.push(started);
  return started;
}

async function baresip(phone: Started): Promise<Baresip> {
  const options = { ...account(phone), controlPort: phone.sipPort + 5 };
  const started = await keep(Baresip.start(options));
  await started.says('200 OK');
  return started;
}

const linphone = (phone: Started) => keep(Linphone.start(account(phone)));

test('linphonec connects the two it talks to with each other, and they hear each other', async () => {
  const transferor = await linphone({
    ...{ user: '106', sipPort: 15_900, toneHz: 1000, onlyPcmu: true },
  });
  const first = await linphone({ user: '105', sipPort: 15_910, onlyPcmu: true });
  const second = await baresip({ user: '108', sipPort: 15_920, toneHz: 700 });
  transferor.dial('sip:105@acme.lab.test');
  await transferor.says('Media streams established');
  await eventually(() => first.heard().length > 4_000);
  transferor.hold();
  await transferor.says('is now paused');
  transferor.dial('sip:108@acme.lab.test');
  await second.says('CALL_ESTABLISHED');
  // The one it talks to may know of the answer before it does, and it transfers no call that rings.
  await transferor.says(
    /Media streams established[\s\S]*is now paused[\s\S]*Media streams established/,
  );
  transferor.transferToEachOther();
  await transferor.says(/ended[\s\S]*ended/);
  const heardBefore = [first.heard().length, second.heard().length] as const;
  await eventually(
    () =>
      first.heard().length > heardBefore[0] + 8_000 &&
      second.heard().length > heardBefore[1] + 8_000,
  );
  expect(clearestTone(first.heard().slice(-8_000), 700)).toBeGreaterThan(0.9);
  expect(clearestTone(second.heard().slice(-8_000), 440)).toBeGreaterThan(0.9);
  first.hangUp();
  await second.says('CALL_CLOSED');
});

test('linphonec gives up a call while it rings: the phone stops, and nobody pays', async () => {
  const caller = await linphone({ user: '106', sipPort: 15_930 });
  const callee = await baresip({ user: '107', sipPort: 15_940, answers: false });
  caller.dial('sip:107@acme.lab.test');
  await callee.says('CALL_INCOMING');
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const call = (await running.lab.calls('107')).at(-1);
  expect(call).toMatchObject({ sipStatus: 487, hungUpBy: 'caller', hops: [] });
});

test('baresip gives up a call while it rings: the phone stops, and nobody pays', async () => {
  const caller = await baresip({ user: '108', sipPort: 15_950 });
  const callee = await linphone({ user: '109', sipPort: 15_960, answers: false });
  caller.dial('109');
  await caller.says('CALL_RINGING');
  caller.hangUp();
  await callee.says('ended');
  const call = await running.lab.call('109');
  expect(call).toMatchObject({ sipStatus: 487, hungUpBy: 'caller', hops: [] });
});

test('messages that wait light the lamp that SIPp asked for, each tenant’s its own, until it is taken back', async () => {
  const lamp = (tenant: 'acme' | 'birch', localPort: number) =>
    startSipp({
      ...{ scenario: 'messages', target: running.lab.sip, localPort },
      fields: [labFields(tenant, '110')],
    });
  const desk = await lamp('acme', 15_970);
  const neighbour = await lamp('birch', 15_980);
  const { control, database } = running;
  const dialogs = async () => (await control.send('status', {})).inUse.dialogs;
  await eventually(async () => (await dialogs()) === 2);
  const wait = async (domain: string, unheard: number) => {
    const { id, tenant } = await database.prisma.extension.findFirstOrThrow({
      where: { number: '110', tenant: { domain } },
      include: { tenant: { include: { account: true } } },
    });
    const count = { extensionId: id, unheard, heard: 1 };
    await control.send('setMessagesWaiting', { scopePath: tenant.account.path, ...count });
  };
  await wait('acme.lab.test', 3);
  const told = await desk.done;
  expect(told.code, told.messages).toBe(0);
  expect(told.log).toContain('Voice-Message: 3/1');
  await wait('birch.lab.test', 7);
  const other = await neighbour.done;
  expect(other.code, other.messages).toBe(0);
  expect(other.messages).toContain('Voice-Message: 7/1');
  expect(other.messages).not.toContain('Voice-Message: 3/1');
});
