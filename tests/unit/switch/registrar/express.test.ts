import { describe, expect, it, test } from 'vitest';
import { createDigestClient, type DigestClient } from '@/lib/protocol/digest/client';
import type { Flow } from '@/lib/protocol/sip/transport';
import { Express } from '@/lib/switch/registrar/express/express';
import { Chance, mutate } from '@/tests/soak/fuzz/mutate';
import { extensionId, House, SERVER } from '@/tests/unit/switch/house';

const REMOTE = { address: 'desk', port: 5060 };
const FLOW: Flow = {
  transport: 'udp',
  local: { address: SERVER, port: 5060 },
  remote: REMOTE,
  connectionId: undefined,
};

/** A REGISTER as it is written, line by line; undefined leaves one out. */
interface Lines {
  readonly start?: string;
  readonly via?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: string;
  readonly contact?: string;
  readonly agent?: string;
  readonly more?: readonly string[];
}

let branches = 0;
let sequence = 0;

function register(lines: Lines = {}): string {
  branches += 1;
  sequence += 1;
  return [
    lines.start ?? 'REGISTER sip:acme.test SIP/2.0',
    lines.via ?? `Via: SIP/2.0/UDP desk:5060;branch=z9hG4bKx${branches};rport`,
    'Max-Forwards: 70',
    lines.from ?? 'From: <sip:101@acme.test>;tag=f1',
    lines.to ?? 'To: <sip:101@acme.test>',
    lines.callId ?? 'Call-ID: abc@desk',
    lines.cseq ?? `CSeq: ${sequence} REGISTER`,
    lines.contact ?? 'Contact: <sip:101@desk:5060>',
    'Expires: 600',
    lines.agent ?? 'User-Agent: Desk 1.0',
    ...(lines.more ?? []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

/** A house that is asked by way of the express lane, and one just like it that has none. */
class Twins {
  readonly quick = new House();
  readonly slow = new House();
  /** What the lane answered itself. */
  taken = 0;
  readonly client: DigestClient;
  private readonly express: Express;

  constructor() {
    const { stack, directory, secrets, digest, policy, bans, location } = this.quick;
    this.express = new Express({ stack, directory, secrets, digest, policy, bans, location });
    const ha1 = { md5: '', sha256: '' };
    const extension = directory.extensionById(extensionId('acme', '101'));
    if (extension) Object.assign(ha1, pick(secrets.ha1Of(extension)));
    this.client = createDigestClient({ username: '101', realm: 'acme.test', ha1 }, () => 'cn1');
  }

  /** Asks both; their answers, with what is drawn at random left out, must be one. */
  ask(text: string): string {
    const { network } = this.quick;
    const bytes = Buffer.from(text, 'latin1');
    network.log.length = 0;
    this.slow.network.log.length = 0;
    // Among other datagrams, as in the memory that a batch comes in.
    const slab = Buffer.concat([
      Buffer.from('REGISTER sip:x'),
      bytes,
      Buffer.from('\r\nVia: a\r\n'),
    ]);
    const [start, local] = [14, FLOW.local];
    const view = { bytes: slab, start, end: start + bytes.length, local, remote: REMOTE };
    const answer = this.express.answer(view)?.toString('latin1');
    if (answer === undefined) this.quick.receive(bytes, FLOW);
    else this.taken += 1;
    this.slow.receive(bytes, FLOW);
    const said = answer === undefined ? network.log : [answer];
    expect(said.map(plain), text).toEqual(this.slow.network.log.map(plain));
    return said[0] ?? '';
  }

  /** The REGISTER with the answer to a challenge that was given for one like it. */
  signed(lines: Lines, algorithm: 'MD5' | 'SHA-256' = 'MD5'): string {
    const uri = /^\S+ (\S+)/.exec(lines.start ?? 'REGISTER sip:acme.test')?.[1] ?? '';
    const challenge = this.ask(register(lines));
    const challenges = [...challenge.matchAll(/WWW-Authenticate: (.*)\r\n/g)]
      .map((match) => match[1] ?? '')
      .filter((one) => one.includes(`algorithm=${algorithm},`));
    const value = this.client.answer({ method: 'REGISTER', uri, challenges }) ?? '';
    return register({ ...lines, more: [...(lines.more ?? []), `Authorization: ${value}`] });
  }

  /** Both know the same of their phones. */
  compare(): void {
    const known = [this.quick, this.slow].map(({ location }) =>
      [...location.all()].map((one) => one.toRecord('node')),
    );
    expect(known[0]).toEqual(known[1]);
    expect(this.quick.refused).toEqual(this.slow.refused);
  }

  pass(byMs: number): void {
    for (const house of [this.quick, this.slow]) house.network.advance(byMs);
  }
}

function pick(ha1: { md5: string; sha256: string } | undefined) {
  return { md5: ha1?.md5 ?? '', sha256: ha1?.sha256 ?? '' };
}

/** Without what is drawn anew for each answer. */
function plain(answer: string): string {
  return answer
    .replace(/;tag=(?:token\d+|[0-9a-f]{24})(?=\r\n)/g, ';tag=T')
    .replace(/nonce="([0-9a-f]{40})[0-9a-f]{8}"/g, 'nonce="$1"');
}

/** What the lane takes itself: the challenge and the renewal, of phones of many makes. */
const USUAL: readonly Lines[] = [
  {},
  { via: 'v: SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bKusual.~_-1' },
  { from: 'f: "Anna B" <sip:101@acme.test>;tag=0a', to: 't:"Anna B"<sip:101@acme.test>' },
  { callId: 'i: 1', contact: 'm: <sip:101@desk:5060>;expires=120', agent: 'USER-AGENT:   X' },
  { more: ['Allow: INVITE, ACK', 'Supported: path', 'k: timer', 'Route: <sip:p;lr>', 'Accept: a'] },
  { agent: 'User-Agent: baresip v1.0.0 (x86_64/linux)' },
  { contact: 'Contact: <sip:101@desk;transport=udp>;+sip.instance="<urn:uuid:1-2>";expires=90' },
  { contact: 'Contact: <sip:101@desk>;expires=3601;+sip.instance="<urn:uuid:3>"' },
  { via: 'Via: SIP/2.0/UDP desk:5060;branch=z9hG4bK-1-2-3;rport' },
];

describe('the express lane', () => {
  it.each(USUAL)('answers $0 itself, word for word as the registrar would', (lines) => {
    const twins = new Twins();
    const own = (more: Lines) => ({
      ...lines,
      ...(lines.via ? { via: viaOf(lines.via) } : {}),
      ...more,
    });
    twins.ask(twins.signed(own({})));
    const before = twins.taken;
    for (let times = 0; times < 3; times += 1) {
      twins.pass(61_000);
      expect(twins.ask(twins.signed(own({})))).toMatch(/^SIP\/2.0 200 /);
    }
    expect(twins.taken - before).toBe(6);
    twins.compare();
  });

  it('gives a repeated request the answer that it got, and counts nothing twice', () => {
    const twins = new Twins();
    twins.ask(twins.signed({}));
    const request = twins.signed({});
    const first = twins.ask(request);
    expect(twins.ask(request)).toBe(first);
    expect(first).toMatch(/^SIP\/2.0 200 /);
    twins.pass(40_000);
    // Later it is a replay.
    expect(twins.ask(request)).toContain('stale=true');
    twins.compare();
  });

  it('renews one of several bindings and tells all of them, the latest first', () => {
    const twins = new Twins();
    for (const at of ['a', 'b', 'c'])
      twins.ask(twins.signed({ contact: `Contact: <sip:101@${at}>` }));
    twins.pass(10_000);
    const before = twins.taken;
    const answer = twins.ask(twins.signed({ contact: 'Contact: <sip:101@a>' }));
    expect(twins.taken - before).toBe(2);
    expect(
      [...answer.matchAll(/Contact: <sip:101@(.)>;expires=(\d+)/g)].map((m) => m.slice(1)),
    ).toEqual([
      ['a', '600'],
      ['c', '590'],
      ['b', '590'],
    ]);
    twins.compare();
  });

  it.each([
    ['a wrong secret', (text: string) => text.replace(/response="./, 'response="z')],
    ['another user', (text: string) => text.replace('username="101"', 'username="102"')],
    ['a foreign nonce', (text: string) => text.replace(/nonce="../, 'nonce="ff')],
    ['no contact', (text: string) => text.replace(/Contact:.*\r\n/, '')],
    ['all contacts', (text: string) => text.replace(/Contact:.*\r\n/, 'Contact: *\r\n')],
    ['the end', (text: string) => text.replace('Expires: 600', 'Expires: 0')],
    ['too short a time', (text: string) => text.replace('Expires: 600', 'Expires: 30')],
    ['another contact', (text: string) => text.replace('101@desk', '101@home')],
    ['another make', (text: string) => text.replace('Desk 1.0', 'Desk 2.0')],
    ['a tag in To', (text: string) => text.replace('To: <sip:101@acme.test>', '$&;tag=1')],
    ['a body', (text: string) => text.replace('Content-Length: 0', 'Content-Length: 1') + 'x'],
    ['a second To', (text: string) => text.replace(/To:.*\r\n/, '$&$&')],
    ['a requirement', (text: string) => text.replace('Expires', 'Require: gruu\r\nExpires')],
    ['a path', (text: string) => text.replace('Expires', 'Path: <sip:p;lr>\r\nExpires')],
    ['a folded line', (text: string) => text.replace('Expires', ' b\r\nExpires')],
    ['somebody else', (text: string) => text.replace('From: <sip:101', 'From: <sip:102')],
    ['SHA-256', (text: string) => text],
  ])('leaves %s to the registrar', (what, change) => {
    const twins = new Twins();
    twins.ask(twins.signed({}));
    const text = change(twins.signed({}, what === 'SHA-256' ? 'SHA-256' : 'MD5'));
    const before = twins.taken;
    twins.ask(text);
    expect(twins.taken).toBe(before);
    twins.compare();
  });

  it('leaves a REGISTER that comes late to the registrar, and a phone that moved', () => {
    const twins = new Twins();
    const late = twins.signed({});
    twins.ask(twins.signed({}));
    const before = twins.taken;
    expect(twins.ask(late)).toMatch(/^SIP\/2.0 500 CSeq Out Of Order/);
    expect(twins.taken).toBe(before);
  });

  it('never challenges a scanner', () => {
    const express = new Twins();
    const scanners: readonly Lines[] = [
      { agent: 'User-Agent: friendly-scanner' },
      { from: 'From: "sipvicious" <sip:101@acme.test>;tag=1' },
      { from: 'From: <sip:101@acme.test>;tag=nmap' },
    ];
    for (const lines of scanners) {
      express.ask(register(lines));
      expect(express.taken).toBe(0);
    }
  });
});

function viaOf(via: string): string {
  branches += 1;
  return via.includes('-1-2-3') ? via.replace('-1-2-3', `-${branches}-2-3`) : `${via}${branches}`;
}

test('whatever a REGISTER is spoilt to, the lane says what the registrar says, or nothing', () => {
  const chance = new Chance(24);
  const twins = new Twins();
  twins.ask(twins.signed({}));
  let takenSpoilt = 0;
  for (let round = 0; round < 4_000; round += 1) {
    const lines = chance.of(USUAL.slice(0, -1));
    const own = lines.via ? { ...lines, via: viaOf(lines.via) } : lines;
    const whole = chance.below(2) === 0 ? register(own) : twins.signed(own);
    const before = twins.taken;
    twins.ask(mutate(whole, chance, register()));
    takenSpoilt += twins.taken - before;
    if (round % 50 === 0) twins.pass(20_000);
    if (round % 200 === 0) twins.compare();
  }
  twins.compare();
  // Mutations that change nothing that matters are still taken: the test looks at both.
  expect(takenSpoilt).toBeGreaterThan(200);
});
