import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ControlEvent } from '@/lib/control/events';
import { evictRegistration } from '@/lib/services/registrations/evict-registration';
import { listRegistrationEvents } from '@/lib/services/registrations/list-registration-events';
import { listRegistrations } from '@/lib/services/registrations/list-registrations';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { labFields, startSipp, stopAllSipp } from '@/tests/support/sipp';
import { audioSdp } from '@/tests/support/wire/message';
import { WirePhone } from '@/tests/support/wire/phone';
import type { WireTransport } from '@/tests/support/wire/wire';

/** What is told in less than this is told at once, to whoever looks at the portal. */
const AT_ONCE_MS = 1_000;

let running: RunningSwitch;
const phones: WirePhone[] = [];
const told: { readonly event: ControlEvent; readonly atMs: number }[] = [];
const listening = new AbortController();

beforeAll(async () => {
  running = await startSwitch();
  const follow = async (): Promise<void> => {
    for await (const event of running.control.events(listening.signal)) {
      told.push({ event, atMs: Date.now() });
    }
  };
  // It ends by throwing when the test is over.
  follow().catch(() => undefined);
  await eventually(() => told.some(({ event }) => event.type === 'hello'));
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await stopAllSipp();
});

afterAll(async () => {
  listening.abort();
  await running?.close();
});

async function phone(
  user: string,
  more: { transport?: WireTransport; secret?: string; tenant?: string } = {},
): Promise<WirePhone> {
  const { transport = 'udp', secret, tenant = 'acme' } = more;
  const opened = await WirePhone.open({
    user,
    domain: `${tenant}.lab.test`,
    secret: secret ?? `lab-${tenant}-${user}`,
    server: `127.0.0.1:${running.ports.sip}`,
    transport,
  });
  phones.push(opened);
  return opened;
}

/** How long after `sinceMs` an event was told that fits. */
async function toldAfter(sinceMs: number, fits: (event: ControlEvent) => boolean): Promise<number> {
  const find = () => told.find(({ event, atMs }) => atMs >= sinceMs && fits(event));
  await eventually(() => find() !== undefined);
  return (find()?.atMs ?? Number.POSITIVE_INFINITY) - sinceMs;
}

const hasCause =
  (cause: string) =>
  (event: ControlEvent): boolean =>
    event.type === 'registration.changed' && event.cause === cause;

test('a wrong password, a lost stream and an eviction are told within a second', async () => {
  const guesser = await phone('103', { secret: 'not the secret' });
  const guessedAtMs = Date.now();
  expect((await guesser.register()).status).toBe(403);
  expect(await toldAfter(guessedAtMs, (one) => one.type === 'registration.refused')).toBeLessThan(
    AT_ONCE_MS,
  );

  const streaming = await phone('102', { transport: 'tcp' });
  expect((await streaming.register()).status).toBe(200);
  const cutAtMs = Date.now();
  streaming.close();
  expect(await toldAfter(cutAtMs, hasCause('connection_lost'))).toBeLessThan(AT_ONCE_MS);

  const desk = await phone('101');
  expect((await desk.register()).status).toBe(200);
  const operator = await labOperator(running.database);
  const mine = async () =>
    (await listRegistrations(operator, { search: '101' })).items.filter(
      (one) => one.domain === 'acme.lab.test',
    );
  await eventually(async () => (await mine()).length === 1);
  const [registration] = await mine();
  const evictedAtMs = Date.now();
  await evictRegistration(operator, running.control, registration?.id ?? '');
  expect(await toldAfter(evictedAtMs, hasCause('evicted'))).toBeLessThan(AT_ONCE_MS);
  await eventually(async () => (await mine()).length === 0);
  // The phone may come back, and its comings and goings can be read.
  expect((await desk.register()).status).toBe(200);
  const history = async () => {
    const page = await listRegistrationEvents(operator, registration?.extensionId ?? '');
    return page.items.map((one) => one.cause);
  };
  await eventually(async () => (await history()).length === 3);
  expect(await history()).toEqual(['registered', 'evicted', 'registered']);
});

test('a phone that does not come back is told to be lost within a second of its end', async () => {
  const desk = await phone('104');
  expect((await desk.register()).status).toBe(200);
  const { binding } = running.database.prisma;
  const where = { extension: { number: '104', tenant: { domain: 'acme.lab.test' } } };
  await eventually(async () => (await binding.count({ where })) === 1);
  const expiresAtMs = Date.now() + 10_000;
  await binding.updateMany({ where, data: { expiresAt: new Date(expiresAtMs) } });
  await running.restart();
  const listener = new AbortController();
  const expired = (async () => {
    for await (const event of running.control.events(listener.signal)) {
      if (hasCause('expired')(event)) return Date.now();
    }
    return Number.POSITIVE_INFINITY;
  })();
  const atMs = await expired;
  listener.abort();
  // Times of bindings are whole seconds, rounded up.
  expect(atMs - expiresAtMs).toBeGreaterThanOrEqual(0);
  expect(atMs - expiresAtMs).toBeLessThan(2 * AT_ONCE_MS);
});

test.skipIf(!hasPeer('sipp'))(
  'a lamp of SIPp follows the call of a colleague to its end',
  async () => {
    const watching = await startSipp({
      scenario: 'watch',
      target: `127.0.0.1:${running.ports.sip}`,
      localPort: 15_871,
      fields: [labFields('acme', '105', '102')],
    });
    const caller = await phone('106');
    const colleague = await phone('102');
    expect((await caller.register()).status).toBe(200);
    expect((await colleague.register()).status).toBe(200);
    await eventually(async () => (await running.control.send('status', {})).inUse.dialogs > 0);
    const taken = colleague.answer(audioSdp(41_102));
    const call = await caller.call('102', audioSdp(41_100));
    await taken;
    await colleague.request('ACK');
    const over = colleague.hungUp();
    const told = async () => {
      const matches = (await watching.messages()).matchAll(/<state>([a-z]+)<\/state>/g);
      return [...matches].map((match) => match[1]);
    };
    await eventually(async () => (await told()).at(-1) === 'confirmed');
    await caller.hangUp(call);
    await over;
    await eventually(async () => (await told()).at(-1) === 'terminated');
    const { messages } = await watching.stop();
    const versions = [...messages.matchAll(/ version="(\d+)" state="full"/g)].map((match) =>
      Number(match[1]),
    );
    expect(versions.length).toBeGreaterThanOrEqual(3);
    expect(versions).toEqual(versions.map((_, index) => index));
    expect(messages).toContain('sip:106@acme.lab.test</identity>');
  },
);

test('messages that wait light the lamp of a registered phone, and nobody else’s', async () => {
  const desk = await phone('107');
  const other = await phone('107', { tenant: 'birch' }).catch(() => undefined);
  expect((await desk.register()).status).toBe(200);
  const extension = await running.database.prisma.extension.findFirstOrThrow({
    where: { number: '107', tenant: { domain: 'acme.lab.test' } },
    include: { tenant: { include: { account: true } } },
  });
  const count = { extensionId: extension.id, unheard: 3, heard: 1 };
  const scopePath = extension.tenant.account.path;
  await running.control.send('setMessagesWaiting', { scopePath, ...count });
  const notify = await desk.request('NOTIFY');
  expect(notify.body).toContain('Voice-Message: 3/1 (0/0)');
  desk.reply(notify, 200);
  expect(other?.heard ?? []).toEqual([]);
});
