import { createSocket, type Socket } from 'node:dgram';
import pg from 'pg';
import { afterAll, beforeAll, test as oneByOne } from 'vitest';
import { G711Decoder } from '@/lib/protocol/codecs/g711';
import { createAccount } from '@/lib/services/accounts/create-account';
import type { ServiceContext } from '@/lib/services/context';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { postToWallet } from '@/lib/services/ledger/post-to-wallet';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import { eventually } from '@/tests/support/eventually';
import { addCarrier } from '@/tests/support/lab-carriers';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { toneShare } from '@/tests/support/tone';
import { audioSdp, type WireMessage } from '@/tests/support/wire/message';
import { type WireDialog, WirePhone } from '@/tests/support/wire/phone';

/**
 * Calls of whoever runs out of money, on the wire: when the voice ends, and what is charged. Each
 * waits for seconds to pass, and none is in another's way.
 */
const test = oneByOne.concurrent;

const CARRIER = '127.0.5.1';
const CARRIER_PORT = 15_860;
const PREFIX = '442079474';
/** Cedar's deck: 0.0120 a minute by the second. */
const SECOND = 0.0002;
const PACKET_MS = 20;
/** Less than a second that was not paid; more than a busy machine's timers are late. */
const TOLERANCE_MS = 800;
/** The pitch of the tone that says that the funds come to an end. */
const WARNING_HZ = 1_400;
const WARN_BEFORE_SECONDS = [20, 8];
const SECRET = 'Wq7-cut-off-4711-lab';

let running: RunningSwitch;
let operator: ServiceContext;
let carrier: WirePhone;
let nextPort = 41_400;

beforeAll(async () => {
  running = await startSwitch({
    variables: { WARN_BEFORE_SECONDS: WARN_BEFORE_SECONDS.join() },
  });
  operator = await labOperator(running.database);
  await addCarrier(operator, {
    ...{ name: 'listening', prefix: PREFIX, perMinute: '0.0010' },
    trunk: { address: CARRIER, port: CARRIER_PORT, transport: 'udp' },
  });
  carrier = await WirePhone.open({
    ...{ user: 'carrier', domain: CARRIER, secret: '' },
    ...{ server: `127.0.0.1:${running.ports.sip}` },
    ...{ localAddress: CARRIER, localPort: CARRIER_PORT },
  });
});

afterAll(async () => {
  carrier.close();
  await running.noneIsLeft();
  await running.close();
});

/** Somebody's ear and mouth: says a packet every 20 ms, and knows when it heard the last one. */
class Voice {
  readonly port: number;
  heard = 0;
  lastHeardMs = 0;
  /** When warnings were heard, each told once. */
  readonly warnedMs: number[] = [];
  private readonly decoder = new G711Decoder('PCMU');
  private readonly socket: Socket;
  private talking: NodeJS.Timeout | undefined;
  private sequence = 0;

  constructor() {
    nextPort += 2;
    this.port = nextPort;
    this.socket = createSocket('udp4');
    this.socket.bind(this.port, '127.0.0.1');
    this.socket.on('message', (packet) => {
      this.heard += 1;
      this.lastHeardMs = performance.now();
      const samples = new Int16Array(packet.length - 12);
      this.decoder.decode(packet.subarray(12), samples);
      const isWarning = toneShare(Float64Array.from(samples), WARNING_HZ) > 0.9;
      const apartMs = this.lastHeardMs - (this.warnedMs.at(-1) ?? Number.NEGATIVE_INFINITY);
      if (isWarning && apartMs > 1_000) this.warnedMs.push(this.lastHeardMs);
    });
  }

  /** To where the switch takes its voice, as its SDP says. */
  talkTo(message: WireMessage): void {
    const port = Number(/m=audio (\d+)/.exec(message.body)?.[1]);
    this.talking = setInterval(() => {
      const packet = Buffer.alloc(172, 0x55);
      packet.writeUInt16BE(0x8000, 0);
      this.sequence = (this.sequence + 1) & 0xffff;
      packet.writeUInt16BE(this.sequence, 2);
      packet.writeUInt32BE(this.sequence * 160, 4);
      packet.writeUInt32BE(this.port, 8);
      this.socket.send(packet, port, '127.0.0.1');
    }, PACKET_MS);
  }

  close(): void {
    clearInterval(this.talking);
    this.socket.close();
  }
}

interface Payer {
  readonly phone: WirePhone;
  readonly walletId: string;
}

/** A customer of the operator's with funds for so many seconds, and a phone. */
async function payer(name: string, seconds: number): Promise<Payer> {
  const { prisma } = running.database;
  const cedar = await prisma.account.findFirstOrThrow({ where: { name: 'Cedar' } });
  const account = await createAccount(operator, {
    ...{ kind: 'customer', name, sellDeckId: cedar.sellDeckId, fraudProfile: 'none' },
    limits: { maxConcurrentCalls: 10, maxCallsPerSecond: 10 },
  });
  const domain = `${name}.cut.test`;
  const tenant = await createTenant(operator, {
    ...{ accountId: account.id, domain, country: 'US', allowedDestinations: ['44'] },
  });
  const extension = await createExtension(operator, {
    ...{ tenantId: tenant.id, number: '101', name: 'phone', secret: SECRET },
  });
  const wallet = await prisma.wallet.findFirstOrThrow({ where: { accountId: account.id } });
  await topUp(wallet.id, seconds);
  await eventually(async () => {
    const where = { kind: 'extension', objectId: extension.id };
    return (await prisma.configObserved.findFirst({ where })) !== null;
  });
  const phone = await WirePhone.open({
    ...{ user: '101', domain, secret: SECRET },
    server: `127.0.0.1:${running.ports.sip}`,
  });
  return { phone, walletId: wallet.id };
}

async function topUp(walletId: string, seconds: number): Promise<void> {
  await postToWallet(operator, walletId, {
    ...{ kind: 'top_up', amount: (seconds * SECOND).toFixed(6), reason: `${seconds} seconds` },
    idempotencyKey: `${walletId} ${seconds} ${performance.now()}`,
  });
}

interface Talk {
  readonly dialog: WireDialog;
  readonly far: WireDialog;
  readonly near: Voice;
  readonly there: Voice;
  readonly answeredMs: number;
}

/** A call that is answered, with voices both ways. */
async function talk({ phone }: Payer, number: string): Promise<Talk> {
  const [near, there] = [new Voice(), new Voice()];
  const called = carrier
    .next(({ method, start }) => method === 'INVITE' && start.includes(number))
    .then((invite) => {
      there.talkTo(invite);
      return { far: carrier.accept(invite, audioSdp(there.port)), answeredMs: performance.now() };
    });
  const dialog = await phone.call(number, audioSdp(near.port));
  const { far, answeredMs } = await called;
  const reply = phone.heard.find(({ status, body }) => status === 200 && body.includes('m=audio'));
  if (!reply) throw new Error('no answer');
  near.talkTo(reply);
  await eventually(() => near.heard > 10 && there.heard > 10);
  return { dialog, far, near, there, answeredMs };
}

const byeOf = (phone: WirePhone, { callId }: WireDialog, withinMs: number) =>
  phone
    .next(
      (message) => message.method === 'BYE' && message.headers.get('call-id')?.[0] === callId,
      withinMs,
    )
    .then((bye) => {
      phone.reply(bye, 200);
      return { bye, atMs: performance.now() };
    });

test('money that runs out is heard as silence before the BYE, at the last second that was paid', async ({
  expect,
}) => {
  const who = await payer('poor', 12);
  const number = `+${PREFIX}001`;
  const { dialog, far, near, there, answeredMs } = await talk(who, number);
  const [toCaller, toCarrier] = await Promise.all([
    byeOf(who.phone, dialog, 20_000),
    byeOf(carrier, far, 20_000),
  ]);
  const silentSince = [near.lastHeardMs, there.lastHeardMs];
  const heard = [near.heard, there.heard];
  // Both go on talking for a while, and nobody hears it.
  const until = performance.now() + 300;
  await eventually(() => performance.now() > until);
  expect([near.heard, there.heard]).toEqual(heard);
  for (const [index, byeMs] of [toCaller.atMs, toCarrier.atMs].entries()) {
    const silentMs = silentSince[index] ?? 0;
    expect(silentMs).toBeLessThanOrEqual(byeMs);
    // The gate is what ends it: a second that was not paid is not heard, but the paid ones are.
    expect(silentMs - answeredMs).toBeLessThan(12_000 + TOLERANCE_MS);
    expect(silentMs - answeredMs).toBeGreaterThan(12_000 - TOLERANCE_MS);
  }
  expect(toCarrier.bye.headers.get('reason')?.join()).toContain('Q.850');
  near.close();
  there.close();
  const call = await running.lab.call(number);
  expect(call).toMatchObject({ hungUpBy: 'switch', ratedSeconds: 12 });
  const wallet = await running.database.prisma.wallet.findUniqueOrThrow({
    where: { id: who.walletId },
  });
  expect(wallet).toMatchObject({ balanceMicro: 0n, heldMicro: 0n });
}, 40_000);

test('whoever pays hears it while there is time to end the call, and again shortly before', async ({
  expect,
}) => {
  // No last grant that is long: slices are of 15 seconds here, and the last of them are the end.
  const who = await payer('warned', 45);
  const { dialog, far, near, there, answeredMs } = await talk(who, `+${PREFIX}004`);
  await Promise.all([byeOf(who.phone, dialog, 60_000), byeOf(carrier, far, 60_000)]);
  near.close();
  there.close();
  expect(near.lastHeardMs - answeredMs).toBeGreaterThan(45_000 - TOLERANCE_MS);
  const heardMs = near.warnedMs.map((atMs) => atMs - answeredMs);
  expect(heardMs).toHaveLength(WARN_BEFORE_SECONDS.length);
  for (const [index, seconds] of WARN_BEFORE_SECONDS.entries()) {
    expect(Math.abs((heardMs[index] ?? 0) - (45 - seconds) * 1_000)).toBeLessThan(TOLERANCE_MS);
  }
  // It is the payer's alone.
  expect(there.warnedMs).toEqual([]);
}, 80_000);

test('a top-up while the last seconds run makes the call go on', async ({ expect }) => {
  const who = await payer('saved', 15);
  const number = `+${PREFIX}002`;
  const { dialog, near, there, answeredMs, far } = await talk(who, number);
  await topUp(who.walletId, 30);
  const until = answeredMs + 16_500;
  await eventually(() => performance.now() > until, 20_000);
  const before = [near.heard, there.heard];
  await eventually(() => near.heard > (before[0] ?? 0) && there.heard > (before[1] ?? 0));
  const gone = byeOf(carrier, far, 10_000);
  expect((await who.phone.hangUp(dialog)).status).toBe(200);
  await gone;
  near.close();
  there.close();
  const call = await running.lab.call(number);
  expect(call.hungUpBy).toBe('caller');
  expect(call.ratedSeconds).toBeGreaterThanOrEqual(16);
}, 40_000);

test('a database that stalls ends a call at the last second that was granted, and it is charged once', async ({
  expect,
}) => {
  const who = await payer('stalled', 60);
  const number = `+${PREFIX}003`;
  const { dialog, far, near, there, answeredMs } = await talk(who, number);
  // What it was granted so far; nothing further can be had while somebody holds the wallet.
  const live = await running.database.prisma.liveCall.findFirstOrThrow({
    where: { facts: { path: ['dialled'], equals: number } },
  });
  const granted = live.grantedSeconds;
  expect(granted).toBeLessThan(60);
  const blocker = new pg.Client({
    connectionString: running.database.pool.options.connectionString,
  });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM wallet WHERE id = $1 FOR UPDATE', [who.walletId]);
  try {
    const [{ atMs }] = await Promise.all([
      byeOf(who.phone, dialog, 40_000),
      byeOf(carrier, far, 40_000),
    ]);
    expect(near.lastHeardMs).toBeLessThanOrEqual(atMs);
    expect(near.lastHeardMs - answeredMs).toBeLessThan(granted * 1_000 + TOLERANCE_MS);
    expect(near.lastHeardMs - answeredMs).toBeGreaterThan(granted * 1_000 - TOLERANCE_MS);
  } finally {
    await blocker.query('ROLLBACK');
    await blocker.end();
  }
  near.close();
  there.close();
  const call = await running.lab.call(number);
  expect(call).toMatchObject({ hungUpBy: 'switch', ratedSeconds: granted });
  const wallet = await running.database.prisma.wallet.findUniqueOrThrow({
    where: { id: who.walletId },
  });
  expect(wallet.balanceMicro).toBe(BigInt(60 - granted) * 200n);
  expect(wallet.heldMicro).toBe(0n);
}, 60_000);
