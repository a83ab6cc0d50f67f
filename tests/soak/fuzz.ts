import { parseDigestParameters } from '@/lib/protocol/digest/parameters';
import { parseRtcp } from '@/lib/protocol/rtcp/parse';
import { parseRtp } from '@/lib/protocol/rtp/header';
import { newLegSdp, readAudioAnswer, readAudioOffer, writeAudio } from '@/lib/protocol/sdp/leg-sdp';
import { formatNameAddr, parseNameAddr } from '@/lib/protocol/sip/name-addr';
import type { TransportName } from '@/lib/protocol/sip/transport';
import { formatUri, parseUri } from '@/lib/protocol/sip/uri';
import { parseVia } from '@/lib/protocol/sip/via';
import { answerBindingRequest } from '@/lib/protocol/stun/binding-request';
import { StreamFramer } from '@/lib/switch/edge/stream-framer';
import { BINARY_CORPUS, DIGEST_CORPUS, SDP_CORPUS, SIP_CORPUS, URI_CORPUS } from './fuzz/corpus';
import { Chance, mutate } from './fuzz/mutate';
import { errorLog, openRooms, type Rooms } from './fuzz/rooms';
import { liveHeapBytes, type Soak, type SoakReport } from './soak';

/** What an input may cost in processor time; the largest is 70 kB. */
const MAX_INPUT_CPU_MS = 150;
/**
 * What the heap may grow by after the first third of the run: bounded caches go on filling up
 * (20,000 nonces' MACs, 10,000 unanswered challenges, each with a name of the attacker's).
 */
const HEAP_GROWTH_BYTES = 24 * 2 ** 20;
/** Inputs between two steps of time: about a flood of 2,000 messages a second. */
const INPUTS_A_STEP = 20;
const STEP_MS = 10;
/** After so many steps everybody falls silent, until nothing may be left. */
const STEPS_A_ROUND = 400;
const SILENCE_MS = 400_000;
const MAX_COMPLAINTS = 20;
const DIALOGS_REMEMBERED = 50;

const TRANSPORTS: readonly TransportName[] = ['udp', 'udp', 'tcp', 'ws'];
const SOURCES = ['acme-101', 'acme-102', 'birch-101', 'carrier-a', 'stranger'] as const;

interface Parser {
  readonly name: string;
  readonly corpus: readonly string[];
  run(text: string): void;
}

const asBytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Each reads what it is given; and what it could read it can write, and read again. */
const PARSERS: readonly Parser[] = [
  {
    name: 'sdp',
    corpus: SDP_CORPUS,
    run(text) {
      const read = readAudioOffer(newLegSdp(1), asBytes(text));
      readAudioAnswer(newLegSdp(1), asBytes(text));
      if (!read.ok) return;
      const { formats, direction, packetTimes } = read.audio;
      const ours = { address: '192.0.2.1', port: 4_000 };
      const written = writeAudio(read.leg, { formats, direction, packetTimes, ...ours });
      const again = readAudioAnswer(written.leg, written.body);
      if (!again.ok) throw new Error(`what we wrote can't be read: ${again.reason}`);
    },
  },
  { name: 'digest', corpus: DIGEST_CORPUS, run: (text) => void parseDigestParameters(text) },
  {
    name: 'uri',
    corpus: URI_CORPUS,
    run(text) {
      const uri = parseUri(text);
      if (uri && parseUri(formatUri(uri)) === undefined) throw new Error('unreadable when written');
      const address = parseNameAddr(text);
      if (address) formatNameAddr(address);
      parseVia(text);
    },
  },
  {
    name: 'framer',
    corpus: SIP_CORPUS,
    run(text) {
      const framer = new StreamFramer({ maxHeaderBytes: 65_536, maxBodyBytes: 65_536 });
      const half = Math.floor(text.length / 2);
      framer.push(asBytes(text.slice(0, half)));
      framer.push(asBytes(text.slice(half)));
    },
  },
  {
    name: 'media',
    corpus: BINARY_CORPUS.map((hex) => Buffer.from(hex, 'hex').toString('latin1')),
    run(text) {
      const bytes = asBytes(text);
      parseRtp(bytes);
      parseRtcp(bytes);
      answerBindingRequest(bytes, { address: '192.0.2.1', port: 4_000 });
    },
  },
];

class Fuzzer {
  readonly complaints = new Map<string, number>();
  readonly counts = { inputs: 0, rounds: 0, slowestMs: 0 };
  private readonly chance: Chance;
  private readonly rooms: Rooms;
  /** Tags and Call-IDs that the switch has lately used: so that what is spoilt hits something. */
  private readonly dialogs: { callId: string; toTag: string; fromTag: string }[] = [];
  private serial = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
    this.rooms = openRooms(errorLog(this.complaints));
  }

  /** One input to one of all that reads the wire. */
  feed(): void {
    const { chance } = this;
    const dice = chance.next();
    if (dice < 0.25) this.feedParser();
    else if (dice < 0.4) this.feedHouse();
    else if (dice < 0.65) this.feedResponse();
    else this.feedWorld();
    this.counts.inputs += 1;
  }

  async step(): Promise<void> {
    await this.rooms.pass(STEP_MS);
    this.learn();
    if (this.rooms.world.network.log.length > 5_000) this.rooms.forget();
  }

  /** Everybody falls silent: whatever was begun has to end by itself. */
  async silence(): Promise<void> {
    const { world, houses } = this.rooms;
    this.counts.rounds += 1;
    for (const error of world.network.errors.splice(0)) this.complain('layer', error);
    for (const house of houses) {
      for (const error of house.network.errors.splice(0)) this.complain('layer', error);
    }
    await this.rooms.pass(SILENCE_MS);
    for (const call of [...world.calls.values()]) call.hangUp({ q850: 41, text: 'silence' });
    await this.rooms.pass(SILENCE_MS);
    const left = { ...(await world.leftovers()), house: 0 };
    for (const house of houses) left.house += house.liveTransactions() + house.dialogs.size;
    for (const [what, count] of Object.entries(left)) {
      if (count !== 0) this.complain('left behind after silence', `${what}: ${count}`);
    }
    this.rooms.forget();
    this.dialogs.length = 0;
  }

  private feedParser(): void {
    const parser = this.chance.of(PARSERS);
    const text = this.spoil(parser.corpus);
    this.timed(parser.name, text, () => parser.run(text));
  }

  private feedHouse(): void {
    const house = this.chance.of(this.rooms.houses);
    const text = this.fill(this.spoil(SIP_CORPUS)).replaceAll('acme.lab.test', 'acme.test');
    const flow = house.network.flow('server', this.chance.of(SOURCES), this.chance.of(TRANSPORTS));
    this.timed('registrar', text, () => house.receive(asBytes(text), flow));
  }

  private feedWorld(): void {
    const { chance } = this;
    const { world } = this.rooms;
    // A third is left whole, so that there are calls to be disturbed.
    const whole = chance.next() < 0.3;
    const text = this.fill(whole ? chance.of(SIP_CORPUS) : this.spoil(SIP_CORPUS));
    const flow = world.network.flow('switch', chance.of(SOURCES), chance.of(TRANSPORTS));
    this.timed('switch', text, () => world.stack.layer.receive(asBytes(text), flow));
  }

  /** Answers something that the switch has asked, rightly or not. */
  private feedResponse(): void {
    const { chance } = this;
    const { world } = this.rooms;
    const { log } = world.network;
    const asked = log[log.length - 1 - chance.below(Math.min(log.length, 40))];
    if (asked === undefined || asked.startsWith('SIP/')) {
      this.feedWorld();
      return;
    }
    const status = chance.of([
      '100 Trying',
      '180 Ringing',
      '183 Progress',
      '200 OK',
      '302 Moved',
      '401 No',
      '486 Busy',
      '500 Error',
      '603 Decline',
    ]);
    const lines = asked.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
    const body = chance.next() < 0.5 ? chance.of(SDP_CORPUS) : '';
    const answer = [
      `SIP/2.0 ${status}`,
      ...lines.map((line) =>
        /^to:/i.test(line) && !line.includes('tag=') ? `${line};tag=t${chance.below(3)}` : line,
      ),
      'Contact: <sip:102@acme-102>',
      ...(chance.next() < 0.2 ? ['Require: 100rel', 'RSeq: 1'] : []),
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    const text = chance.next() < 0.4 ? answer : mutate(answer, chance, chance.of(SIP_CORPUS));
    const flow = world.network.flow('switch', 'acme-102');
    this.timed('response', text, () => world.stack.layer.receive(asBytes(text), flow));
  }

  private spoil(corpus: readonly string[]): string {
    return mutate(this.chance.of(corpus), this.chance, this.chance.of(corpus));
  }

  /** Gives a message a name of its own, or that of a call that there is. */
  private fill(text: string): string {
    const { chance } = this;
    this.serial += 1;
    const known =
      this.dialogs.length > 0 && chance.next() < 0.6 ? chance.of(this.dialogs) : undefined;
    return text
      .replaceAll('BRANCH', `f${this.serial}`)
      .replaceAll('CALLID', known?.callId ?? `call-${this.serial}`)
      .replaceAll('FROMTAG', known?.fromTag ?? `from-${this.serial}`)
      .replaceAll('TOTAG', known?.toTag ?? 'none');
  }

  /** Reads the names of calls off what the switch has sent. */
  private learn(): void {
    for (const text of this.rooms.world.network.log.slice(-20)) {
      const callId = /\r\ncall-id: ([^\r]+)/i.exec(text)?.[1];
      const fromTag = /\r\nfrom: [^\r]*;tag=([^\r;]+)/i.exec(text)?.[1];
      const toTag = /\r\nto: [^\r]*;tag=([^\r;]+)/i.exec(text)?.[1];
      if (!callId || !fromTag || !toTag) continue;
      if (this.dialogs.length >= DIALOGS_REMEMBERED) this.dialogs.shift();
      this.dialogs.push({ callId, fromTag, toTag });
    }
  }

  private timed(where: string, text: string, run: () => void): void {
    const before = process.cpuUsage();
    try {
      run();
    } catch (error) {
      this.complain(`${where} threw`, error, text);
    }
    const used = process.cpuUsage(before);
    const cpuMs = (used.user + used.system) / 1_000;
    this.counts.slowestMs = Math.max(this.counts.slowestMs, cpuMs);
    if (cpuMs > MAX_INPUT_CPU_MS) this.complain(`${where} took ${Math.round(cpuMs)} ms`, '', text);
  }

  private complain(what: string, error: unknown, input = ''): void {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const shown = input === '' ? '' : `\n  input: ${JSON.stringify(input.slice(0, 600))}`;
    const key = `${what}: ${why}`;
    const known = [...this.complaints.keys()].find((one) => one.startsWith(key));
    const text = known ?? `${key}${shown}`;
    this.complaints.set(text, (this.complaints.get(text) ?? 0) + 1);
  }
}

/** Runs with a seed for a while; what it says can be run again with the same seed. */
export async function runFuzz(options: {
  readonly seed: number;
  readonly runMs: number;
  readonly say: (line: string) => void;
}): Promise<SoakReport> {
  const { seed, runMs, say } = options;
  const fuzzer = new Fuzzer(seed);
  const startedAt = performance.now();
  let heapAtThird: number | undefined;
  const elapsed = (): number => performance.now() - startedAt;
  do {
    for (let step = 0; step < STEPS_A_ROUND && elapsed() < runMs; step += 1) {
      for (let n = 0; n < INPUTS_A_STEP; n += 1) fuzzer.feed();
      await fuzzer.step();
    }
    await fuzzer.silence();
    if (heapAtThird === undefined && elapsed() > runMs / 3) heapAtThird = liveHeapBytes();
  } while (elapsed() < runMs && fuzzer.complaints.size < MAX_COMPLAINTS);
  const grown = liveHeapBytes() - (heapAtThird ?? liveHeapBytes());
  const complaints = [...fuzzer.complaints].map(([text, count]) => `${text} (${count} times)`);
  if (grown > HEAP_GROWTH_BYTES) complaints.push(`the heap grew by ${grown} bytes`);
  const { inputs, rounds, slowestMs } = fuzzer.counts;
  say(`seed ${seed}: ${inputs} inputs in ${rounds} rounds, the slowest ${slowestMs.toFixed(1)} ms`);
  return { figures: { seed, inputs, rounds, slowestMs, heapGrownBytes: grown }, complaints };
}

/** The soak as it is run by hand: another seed each time, said so that it can be repeated. */
export const fuzz: Soak = {
  name: 'fuzz',
  about: 'Spoilt messages against everything that reads the wire, in virtual time.',
  run: ({ runMs, say }) => {
    const seed = Number(process.argv[4] ?? Date.now() % 2 ** 31);
    say(`seed ${seed}`);
    return runFuzz({ seed, runMs, say });
  },
};
