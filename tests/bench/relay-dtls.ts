import { table, whole } from './support/bench';
import { MediaGenerator, type MediaWindow } from './support/media-run';
import { cpuMsOf } from './support/processes';
import { type RelayUnderTest, startEngineUnderTest } from './support/relay-under-test';

/** As in the relay's bench: the first number of legs with which nobody loses more than that. */
const LEGS = [300, 200, 100];
const STANDING_LEGS = Math.max(...LEGS);
const MAX_LOST_SHARE = 0.001;
const ROUNDS = 5;
const WINDOW = { warmUpMs: 500, measuredMs: 2_000 };
const PACKET_MS = 20;
const PORTS = { plain: 50_000, native: 52_000, each: 1_999 };

/** What legs cost that are keyed by DTLS and talk both ways. */
interface SecureRow {
  readonly title: string;
  readonly legs: number;
  readonly cpu: number;
  readonly legsPerCore: number;
  /** Opened, handed over and sealed again. */
  readonly packetMicros: number;
  readonly handshakeMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lostShare: number;
}

function middleOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

class SecureContender {
  readonly title: string;
  private readonly relay: RelayUnderTest;
  private readonly generator: MediaGenerator;
  private handshakeMs = 0;

  constructor(title: string, relay: RelayUnderTest, generator: MediaGenerator) {
    this.title = title;
    this.relay = relay;
    this.generator = generator;
  }

  /** All legs shake hands; what one costs the relay. */
  private async shakeHands(legs: number): Promise<void> {
    const before = cpuMsOf(this.relay.pid);
    const ports = this.relay.ports.slice(0, legs);
    const made = await this.generator.shakeHands({ host: '127.0.0.1', shakeHandsAt: ports });
    this.handshakeMs = (cpuMsOf(this.relay.pid) - before) / made.handshakes;
  }

  private window(legs: number): Promise<MediaWindow> {
    const job = { host: '127.0.0.1', ports: this.relay.ports.slice(0, legs), ...WINDOW };
    return this.generator.run(job, () => cpuMsOf(this.relay.pid));
  }

  async measure(): Promise<SecureRow> {
    await this.shakeHands(STANDING_LEGS);
    const legs = await this.permittedLegs();
    const due = (legs * WINDOW.measuredMs) / PACKET_MS;
    const windows: MediaWindow[] = [];
    while (windows.length < ROUNDS) windows.push(await this.window(legs));
    const middle = (figureOf: (one: MediaWindow) => number) => middleOf(windows.map(figureOf));
    const sum = (figureOf: (one: MediaWindow) => number): number =>
      windows.reduce((total, one) => total + figureOf(one), 0);
    const { title, handshakeMs } = this;
    return {
      ...{ title, legs, handshakeMs },
      cpu: middle(({ relayCpu }) => relayCpu),
      legsPerCore: middle(({ relayCpu, sent }) => (legs * (sent / due)) / relayCpu),
      packetMicros: middle(({ relayCpu, sent }) => (relayCpu * WINDOW.measuredMs * 1_000) / sent),
      p50Ms: middle(({ p50Ms }) => p50Ms),
      p99Ms: middle(({ p99Ms }) => p99Ms),
      lostShare: 1 - sum(({ received }) => received) / sum(({ sent }) => sent),
    };
  }

  /** Also warms up. */
  private async permittedLegs(): Promise<number> {
    for (const legs of LEGS) {
      await this.window(legs);
      const { sent, received } = await this.window(legs);
      const due = (legs * WINDOW.measuredMs) / PACKET_MS;
      if (sent > due * (1 - MAX_LOST_SHARE) && received > sent * (1 - MAX_LOST_SHARE)) return legs;
    }
    return Math.min(...LEGS);
  }
}

async function measured(kind: 'plain' | 'native', generator: MediaGenerator): Promise<SecureRow> {
  const { fingerprint } = generator;
  const legPorts = Array.from({ length: STANDING_LEGS }, (_, leg) => generator.portOf(leg));
  const range = { portMin: PORTS[kind], portMax: PORTS[kind] + PORTS.each };
  const relay = await startEngineUnderTest({
    ...{ native: kind === 'native', ...range, legPorts, fingerprint },
  });
  const title = kind === 'native' ? 'Tollbridge, native UDP' : 'Tollbridge, node:dgram';
  try {
    return await new SecureContender(title, relay, generator).measure();
  } finally {
    await relay.stop();
  }
}

function lineOf(row: SecureRow): readonly string[] {
  return [
    `${row.title}, ${row.legs} legs`,
    `${(row.cpu * 100).toFixed(1)} %`,
    whole(row.legsPerCore),
    `${row.packetMicros.toFixed(1)} µs`,
    `${row.handshakeMs.toFixed(2)} ms`,
    `${row.p50Ms.toFixed(2)} ms`,
    `${row.p99Ms.toFixed(2)} ms`,
    `${(row.lostShare * 100).toFixed(3)} %`,
  ];
}

/**
 * Legs that are keyed by DTLS, two a call, one whole processor's worth: each is opened and sealed 50
 * times a second.
 */
export async function measureDtls(print: (text: string) => void): Promise<Record<string, number>> {
  const generator = await MediaGenerator.start('secure-generator.ts');
  try {
    const plain = await measured('plain', generator);
    const native = await measured('native', generator);
    const head = [
      'DTLS-SRTP',
      'its CPU',
      'legs/core',
      'a packet',
      'a handshake',
      'p50',
      'p99',
      'lost',
    ];
    print(table([head, ...[plain, native].map(lineOf)]));
    return {
      dtlsLegsPerCore: Math.round(plain.legsPerCore),
      dtlsLegsPerCoreFast: Math.round(native.legsPerCore),
      dtlsPacketMicros: Number(plain.packetMicros.toFixed(1)),
      dtlsPacketMicrosFast: Number(native.packetMicros.toFixed(1)),
      dtlsHandshakeMs: Number(plain.handshakeMs.toFixed(2)),
      dtlsHandshakeFastMs: Number(native.handshakeMs.toFixed(2)),
      dtlsLostShare: Number(plain.lostShare.toFixed(6)),
      dtlsLostShareFast: Number(native.lostShare.toFixed(6)),
    };
  } finally {
    generator.stop();
  }
}
