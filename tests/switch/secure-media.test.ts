import { afterAll, afterEach, test as anyTest, beforeAll, describe, expect } from 'vitest';
import { getExtension } from '@/lib/services/extensions/get-extension';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { Baresip, type BaresipOptions } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import type { RunningSwitch } from '@/tests/support/running-switch';
import { SWITCH_MEDIA, type SwitchWithMedia } from '@/tests/support/switch-media';
import { clearestTone } from '@/tests/support/tone';

/** Phones that protect their media, each in its way, talk with those that don't. */
let media: SwitchWithMedia;
let running: RunningSwitch;
const opened: { stop(): Promise<void> }[] = [];

interface Started {
  readonly user: string;
  readonly sipPort: number;
  readonly toneHz: number;
  readonly transport?: 'udp' | 'tls';
  readonly mediaEncryption?: NonNullable<BaresipOptions['mediaEncryption']>;
}

async function phone({ transport = 'udp', ...started }: Started): Promise<Baresip> {
  const port = transport === 'tls' ? running.ports.tls : running.ports.sip;
  const baresip = await Baresip.start({
    ...started,
    ...{ domain: 'acme.lab.test', password: `lab-acme-${started.user}` },
    ...{ server: `127.0.0.1:${port}`, transport },
    ...{ controlPort: started.sipPort + 5, rtpPort: started.sipPort + 3_000 },
  });
  opened.push(baresip);
  await baresip.says('200 OK');
  return baresip;
}

async function hearEachOther(one: Baresip, other: Baresip): Promise<void> {
  await eventually(() => one.heard().length > 12_000 && other.heard().length > 12_000, 15_000);
  expect(clearestTone(one.heard().slice(-8_000), 700)).toBeGreaterThan(0.9);
  expect(clearestTone(other.heard().slice(-8_000), 440)).toBeGreaterThan(0.9);
}

describe.each(SWITCH_MEDIA)('$way', ({ start, isThere }) => {
  const isPossible = isThere && hasPeer('baresip');
  const test = anyTest.skipIf(!isPossible);

  beforeAll(async () => {
    if (!isPossible) return;
    media = await start();
    running = media.running;
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.stop()));
    if (isPossible) await running.noneIsLeft();
  });

  afterAll(async () => {
    if (isPossible) await media.stop();
  });

  test.each([
    ['keys in its description', 'srtp-mand' as const, 'tls' as const, 15_700],
    ['keys from a handshake', 'dtls_srtp' as const, 'tls' as const, 15_720],
    ['keys from a handshake, signalled by UDP', 'dtls_srtp' as const, 'udp' as const, 15_740],
  ])('a phone with %s talks to a plain one', async (...[, mediaEncryption, transport, sipPort]) => {
    const caller = await phone({ user: '106', sipPort, toneHz: 440, transport, mediaEncryption });
    const callee = await phone({ user: '107', sipPort: sipPort + 10, toneHz: 700 });
    caller.dial('107');
    await callee.says('CALL_ESTABLISHED');
    await hearEachOther(caller, callee);
    caller.hangUp();
    await callee.says('CALL_CLOSED');
  });

  test('keys are not taken where others can read them: the call is refused, not made plain', async () => {
    const caller = await phone({
      user: '106',
      sipPort: 15_760,
      toneHz: 440,
      mediaEncryption: 'srtp-mand',
    });
    const callee = await phone({ user: '107', sipPort: 15_770, toneHz: 700 });
    caller.dial('107');
    await caller.says('488');
    expect(callee.times('CALL_INCOMING')).toBe(0);
  });

  /** An extension of acme is called so from now on. */
  async function protect(number: string, mediaSecurity: 'auto' | 'off' | 'sdes' | 'dtls') {
    const operator = await labOperator(running.database);
    const { id } = await running.database.prisma.extension.findFirstOrThrow({
      where: { number, tenant: { domain: 'acme.lab.test' } },
    });
    const { generation } = await updateExtension(operator, id, { mediaSecurity });
    await eventually(async () => {
      const { status } = await getExtension(operator, id);
      return (status.observedGeneration ?? 0) >= generation;
    });
  }

  test.each([
    ['sdes' as const, 'srtp-mand' as const, 15_640],
    ['dtls' as const, 'dtls_srtp' as const, 15_660],
  ])(
    'a phone that is to be called with %s is, and hears a plain one',
    async (...[setting, mediaEncryption, sipPort]) => {
      await protect('107', setting);
      const transport = 'tls';
      const callee = await phone({ user: '107', sipPort, toneHz: 700, transport, mediaEncryption });
      const caller = await phone({ user: '106', sipPort: sipPort + 10, toneHz: 440 });
      caller.dial('107');
      await callee.says('CALL_ESTABLISHED');
      await hearEachOther(caller, callee);
      caller.hangUp();
      await callee.says('CALL_CLOSED');
      await protect('107', 'auto');
    },
  );

  test('keys of a call and keys of a handshake: each side is protected in its way', async () => {
    await protect('107', 'dtls');
    const callee = await phone({
      ...{ user: '107', sipPort: 15_680, toneHz: 700, mediaEncryption: 'dtls_srtp' },
    });
    const caller = await phone({
      ...{
        user: '106',
        sipPort: 15_690,
        toneHz: 440,
        transport: 'tls',
        mediaEncryption: 'srtp-mand',
      },
    });
    caller.dial('107');
    await callee.says('CALL_ESTABLISHED');
    await hearEachOther(caller, callee);
    caller.hangUp();
    await callee.says('CALL_CLOSED');
    await protect('107', 'auto');
  });

  test('a phone that is to be called with keys is not rung where they could be read', async () => {
    await protect('107', 'sdes');
    const callee = await phone({ user: '107', sipPort: 15_780, toneHz: 700 });
    const caller = await phone({ user: '106', sipPort: 15_790, toneHz: 440 });
    caller.dial('107');
    await caller.says('480');
    expect(callee.times('CALL_INCOMING')).toBe(0);
    await protect('107', 'auto');
  });
});
