import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallerId } from '@/lib/core/call-plan/plan';
import type { TenantView } from '@/lib/core/call-plan/views';
import type { E164 } from '@/lib/core/phone-number';
import { createRequest } from '@/lib/protocol/sip/build';
import type { HeaderInit } from '@/lib/protocol/sip/message';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { parseMessage } from '@/lib/protocol/sip/parse';
import { serialize } from '@/lib/protocol/sip/serialize';
import { toWireText } from '@/lib/protocol/sip/text';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import { LINEAGE_HEADER, LoopGuard } from '@/lib/switch/call/loop-guard';
import { type Audience, type Introduction, introduce } from '@/lib/switch/call/outbound-identity';
import {
  divertedProvenance,
  inboundIdentity,
  isDivertedTooOften,
  mayClaimInFrom,
  ownProvenance,
  type Voucher,
} from '@/lib/switch/call/provenance';
import { Lab } from '@/tests/unit/core/call-plan/lab';

const lab = new Lab();
const { directory } = lab;
const loops = new LoopGuard({ key: Buffer.alloc(32, 1), randomToken: () => 'token' });

function tenantOf(name: string): TenantView {
  const tenant = directory.tenantById(`tenant ${name}`);
  if (!tenant) throw new Error(`no tenant ${name}`);
  return tenant;
}

const PHONE: Voucher = {
  kind: 'phone',
  tenant: tenantOf('Acme'),
  house: { tenantId: tenantOf('Acme').id, name: 'Front desk' },
};
const TRUSTED: Voucher = { kind: 'trunk', isTrusted: true, header: 'pai' };
const UNTRUSTED: Voucher = { kind: 'trunk', isTrusted: false, header: 'pai' };

function read(headers: HeaderInit, voucher: Voucher) {
  const request = createRequest({
    method: 'INVITE',
    uri: 'sip:+442079460018@acme.lab.test',
    headers: { from: '<sip:101@acme.lab.test>;tag=1', ...headers },
  });
  return inboundIdentity(request, voucher, { directory, lineage: loops.begin() });
}

test('a phone may ask for a number of its tenant, and for no other', () => {
  const asked = (headers: HeaderInit) => read(headers, PHONE).wish.callerId;
  expect(asked({})).toBeNull();
  expect(asked({ 'p-preferred-identity': '<sip:+12025550101@acme.lab.test>' })).toBe(
    '+12025550101',
  );
  expect(asked({ 'p-asserted-identity': '<tel:+1-202-555-0101>' })).toBe('+12025550101');
  expect(asked({ from: '<sip:2025550101@acme.lab.test>;tag=1' })).toBe('2025550101');
  for (const others of ['+12025550102', '+442079460018', '911']) {
    expect(asked({ 'p-preferred-identity': `<sip:${others}@acme.lab.test>` })).toBeNull();
    expect(asked({ 'p-asserted-identity': `<sip:${others}@acme.lab.test>` })).toBeNull();
  }
});

test('what a phone asks for and may not show is passed on as claimed, for whoever would rather refuse', () => {
  const foreign = '<sip:+442079460018@acme.lab.test>';
  expect(read({ 'p-preferred-identity': foreign }, PHONE).wish).toMatchObject({
    callerId: null,
    claimed: '+442079460018',
  });
});

test('what a trunk asserts counts where it is trusted; of any other there is only From', () => {
  const headers = {
    from: '<sip:+442079460018@carrier.test>;tag=1',
    'p-asserted-identity': ['<sip:+442079460099@carrier.test>', '<tel:+442079460098>'],
  };
  expect(read(headers, TRUSTED).wish).toEqual({
    claimed: null,
    callerId: '+442079460099',
    isAsserted: true,
    isWithheld: false,
  });
  expect(read(headers, UNTRUSTED).wish).toEqual({
    claimed: null,
    callerId: '+442079460018',
    isAsserted: false,
    isWithheld: false,
  });
});

test('a caller who hides stays hidden: by Privacy, or by an anonymous From', () => {
  const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1';
  expect(read({ privacy: 'id' }, PHONE).wish.isWithheld).toBe(true);
  expect(read({ privacy: 'user;critical' }, PHONE).wish.isWithheld).toBe(true);
  expect(read({ from: anonymous }, PHONE).wish.isWithheld).toBe(true);
  expect(read({ privacy: 'none' }, PHONE).wish.isWithheld).toBe(false);
  const trunk = read({ from: anonymous, 'p-asserted-identity': '<tel:+442079460099>' }, TRUSTED);
  expect(trunk.wish).toEqual({
    claimed: null,
    callerId: '+442079460099',
    isAsserted: true,
    isWithheld: true,
  });
  expect(trunk.provenance.name).toBe('');
});

test('in From a phone is itself, a number of its tenant, or nobody', () => {
  const claims = (text: string) => {
    const uri = parseSipUri(text);
    return uri !== undefined && mayClaimInFrom(directory, tenantOf('Acme'), uri);
  };
  expect(claims('sip:anonymous@anonymous.invalid')).toBe(true);
  expect(claims('sip:+12025550101@acme.lab.test')).toBe(true);
  expect(claims('sip:+12025550102@acme.lab.test')).toBe(false);
  expect(claims('sip:102@acme.lab.test')).toBe(false);
  expect(claims('sip:anonymous@acme.lab.test')).toBe(false);
});

const SHOWN: CallerId = { number: '+12025550101', right: 'owned', isWithheld: false };
const TO_TRUNK = {
  kind: 'trunk',
  host: '192.0.2.1',
  isTrusted: false,
  header: 'pai',
  numberFor: (number: string) => number.slice(1),
} satisfies Audience;
const TO_PHONE: Audience = { kind: 'phone', host: 'cedar.lab.test', country: 'US' };

function say(changes: Partial<Introduction>) {
  const { from, headers } = introduce({
    callerId: SHOWN,
    ownName: '',
    provenance: ownProvenance(loops.begin()),
    target: '+442079460018',
    audience: TO_TRUNK,
    loops,
    ...changes,
  });
  const { [LINEAGE_HEADER]: lineage, ...others } = headers;
  expect(lineage).toBeDefined();
  return { from, headers: others };
}

test('a carrier learns the number in its own format, and in E.164 by our word', () => {
  expect(say({})).toEqual({
    from: '<sip:12025550101@192.0.2.1>',
    headers: { 'p-asserted-identity': '<sip:+12025550101@192.0.2.1>' },
  });
});

test('names stay in the house', () => {
  const provenance = { ...ownProvenance(loops.begin()), name: 'Front desk' };
  expect(say({ provenance, ownName: 'Reception' }).from).toBe('<sip:12025550101@192.0.2.1>');
  expect(say({ provenance, audience: TO_PHONE }).from).toBe(
    '"Front desk" <sip:+12025550101@cedar.lab.test>',
  );
  expect(say({ provenance, ownName: 'Zoë', audience: TO_PHONE }).from).toBe(
    `"Zo${Buffer.from('ë').toString('latin1')}" <sip:+12025550101@cedar.lab.test>`,
  );
});

test("a phone is shown the number as its tenant's people read it, and told E.164", () => {
  const foreign: CallerId = { ...SHOWN, number: '+442079460018' };
  expect(say({ audience: TO_PHONE })).toEqual({
    from: '"(202) 555-0101" <sip:+12025550101@cedar.lab.test>',
    headers: { 'p-asserted-identity': '<sip:+12025550101@cedar.lab.test>' },
  });
  expect(say({ callerId: foreign, audience: TO_PHONE }).from).toBe(
    '"+44 20 7946 0018" <sip:+442079460018@cedar.lab.test>',
  );
  expect(say({ callerId: foreign, audience: { ...TO_PHONE, country: 'GB' } }).from).toBe(
    '"020 7946 0018" <sip:+442079460018@cedar.lab.test>',
  );
});

test('a withheld number reaches nobody but a trunk that keeps to RFC 3325', () => {
  const callerId = { ...SHOWN, isWithheld: true };
  const anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>';
  for (const audience of [TO_TRUNK, TO_PHONE]) {
    const provenance = { ...ownProvenance(loops.begin()), name: 'Front desk' };
    expect(say({ callerId, audience, provenance, ownName: 'Reception' })).toEqual({
      from: anonymous,
      headers: { privacy: 'id' },
    });
  }
  expect(say({ callerId, audience: { ...TO_TRUNK, isTrusted: true } })).toEqual({
    from: anonymous,
    headers: { privacy: 'id', 'p-asserted-identity': '<sip:+12025550101@192.0.2.1>' },
  });
});

test('a carrier that reads Remote-Party-ID is told by it, screened and shown as it may be', () => {
  const audience = { ...TO_TRUNK, header: 'rpid' } as const;
  const party = '<sip:+12025550101@192.0.2.1>;party=calling';
  expect(say({ audience }).headers).toEqual({
    'remote-party-id': `${party};screen=yes;privacy=off`,
  });
  const received: CallerId = { ...SHOWN, right: 'received' };
  expect(say({ audience, callerId: received }).headers).toEqual({
    'remote-party-id': `${party};screen=no;privacy=off`,
  });
  const callerId = { ...SHOWN, isWithheld: true };
  expect(say({ audience, callerId })).toEqual({
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
    headers: { privacy: 'id' },
  });
  expect(say({ audience: { ...audience, isTrusted: true }, callerId })).toEqual({
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
    headers: { privacy: 'id', 'remote-party-id': `${party};screen=yes;privacy=full` },
  });
});

test('a carrier that wants From alone gets no other header, and never a withheld number', () => {
  const audience = { ...TO_TRUNK, header: 'none', isTrusted: true } as const;
  expect(say({ audience })).toEqual({ from: '<sip:12025550101@192.0.2.1>', headers: {} });
  expect(say({ audience, callerId: { ...SHOWN, isWithheld: true } })).toEqual({
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
    headers: { privacy: 'id' },
  });
});

test('Remote-Party-ID counts of a trusted trunk that speaks by it, and of no other', () => {
  const headers = {
    from: '<sip:+442079460018@carrier.test>;tag=1',
    'remote-party-id': [
      '<sip:+442079460097@carrier.test>;party=called',
      '"X" <sip:+442079460099@carrier.test>;party=calling;screen=yes;privacy=off',
    ],
    'p-asserted-identity': '<sip:+442079460098@carrier.test>',
  };
  const speaks: Voucher = { kind: 'trunk', isTrusted: true, header: 'rpid' };
  expect(read(headers, speaks).wish).toEqual({
    claimed: null,
    callerId: '+442079460099',
    isAsserted: true,
    isWithheld: false,
  });
  expect(read(headers, TRUSTED).wish.callerId).toBe('+442079460098');
  expect(read(headers, { ...speaks, isTrusted: false }).wish.callerId).toBe('+442079460018');
  for (const privacy of ['full', 'name-uri', 'uri']) {
    const party = `<sip:+442079460099@carrier.test>;privacy=${privacy}`;
    const { wish } = read({ ...headers, 'remote-party-id': party }, speaks);
    expect(wish).toMatchObject({ callerId: '+442079460099', isWithheld: true });
  }
  const named = '<sip:+442079460099@carrier.test>;privacy=name';
  expect(read({ ...headers, 'remote-party-id': named }, speaks).wish.isWithheld).toBe(false);
});

test('without a number a caller is anonymous, and asks for no privacy', () => {
  expect(say({ callerId: { number: null, right: 'none', isWithheld: false } })).toEqual({
    from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
    headers: {},
  });
});

test('Identity crosses verbatim with its Date, User-to-User too, and nothing else', () => {
  const identity = ['eyJhbGciOiJFUzI1NiJ9..c2ln;info=<https://cert.test/a>;alg=ES256;ppt=shaken'];
  const secretive: HeaderInit = {
    via: 'SIP/2.0/UDP 10.9.8.7;branch=z9hG4bKinside',
    'record-route': '<sip:10.9.8.7;lr>',
    contact: '<sip:inside@10.9.8.7>',
    'user-agent': 'inside/1.0',
    'alert-info': '<http://10.9.8.7/ring.wav>;info=alert-autoanswer',
    'call-info': '<sip:10.9.8.7>;answer-after=0',
    'answer-mode': 'Auto',
    subject: 'inside',
    warning: '399 inside "x"',
    'x-inside': '1',
    'remote-party-id': '<sip:inside@10.9.8.7>',
    'p-charging-vector': 'icid-value=inside',
    authorization: 'Digest username="inside"',
    date: 'Fri, 27 Nov 2026 11:00:00 GMT',
  };
  const signed = { ...secretive, identity, 'user-to-user': '56a390f3;encoding=hex' };
  const { provenance } = read(signed, TRUSTED);
  const { headers } = say({ provenance, audience: TO_PHONE, callerId: SHOWN });
  expect(headers).toEqual({
    identity,
    date: ['Fri, 27 Nov 2026 11:00:00 GMT'],
    'user-to-user': ['56a390f3;encoding=hex'],
    'p-asserted-identity': '<sip:+12025550101@cedar.lab.test>',
  });
  expect(
    JSON.stringify(say({ ...{}, provenance: read(secretive, TRUSTED).provenance })),
  ).not.toMatch(/inside|10\.9\.8\.7|2026/);
});

test('what is too long or too many to be meant does not cross', () => {
  const flood = {
    identity: [...Array.from({ length: 9 }, (_, place) => `id${place}`), 'x'.repeat(5_000)],
    'user-to-user': 'y'.repeat(600),
  };
  const { crossing } = read(flood, UNTRUSTED).provenance;
  expect(crossing).toEqual({ identity: ['id0', 'id1', 'id2', 'id3'] });
});

test('a forward tells who sent the call on, and the chain has an end', () => {
  let { provenance } = read(
    { from: '<sip:+442079460018@x>;tag=1', diversion: '<sip:+442079460011@x>;reason=no-answer' },
    UNTRUSTED,
  );
  let forwards = 0;
  while (!isDivertedTooOften(provenance)) {
    forwards += 1;
    provenance = divertedProvenance(provenance, {
      user: `10${forwards}`,
      reason: 'user-busy',
      isPrivate: false,
    });
    if (forwards === 1) {
      expect(say({ provenance }).headers).toMatchObject({
        diversion: [
          '<sip:101@192.0.2.1>;reason=user-busy;counter=1;privacy=off',
          '<sip:+442079460011@192.0.2.1>;reason=no-answer;counter=1;privacy=off',
        ],
        'history-info': [
          '<sip:+442079460011@192.0.2.1?Reason=SIP%3Bcause%3D408>;index=1',
          '<sip:101@192.0.2.1?Reason=SIP%3Bcause%3D486>;index=1.1;mp=1',
          '<sip:+442079460018@192.0.2.1>;index=1.1.1;mp=1.1',
        ],
      });
    }
  }
  expect(forwards).toBe(4);
});

test('a caller who asks for it hides those who diverted to it as well', () => {
  const { provenance } = read(
    { privacy: 'history', diversion: '<sip:+442079460011@x>;reason=no-answer' },
    UNTRUSTED,
  );
  expect(JSON.stringify(say({ provenance }).headers)).not.toContain('442079460011');
});

test('whatever a caller is called, our INVITE stays one message with one From', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom(
      'x\r\nVia: SIP/2.0/UDP evil.test',
      '"><sip:evil@evil.test>;tag=1',
      'a\\',
      '\\"',
      '\0\r\n\r\nINVITE sip:9 SIP/2.0',
      'é'.repeat(100),
    ),
  );
  const wire = toWireText;
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, number, diverter) => {
      for (const audience of [TO_PHONE, TO_TRUNK]) {
        const provenance = divertedProvenance(
          read({ from: `"${wire(name)}" <sip:1@x>;tag=1`, 'user-to-user': wire(name) }, UNTRUSTED)
            .provenance,
          { user: wire(diverter), reason: 'no-answer', isPrivate: false },
        );
        const { from, headers } = introduce({
          callerId: { number: number as E164, right: 'received', isWithheld: false },
          ownName: name,
          provenance,
          target: wire(diverter),
          audience,
          loops,
        });
        const bytes = serialize(
          createRequest({
            method: 'INVITE',
            uri: 'sip:101@192.0.2.7',
            headers: {
              via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
              from: `${from};tag=ours`,
              to: '<sip:101@192.0.2.7>',
              'call-id': 'c',
              cseq: '1 INVITE',
              ...headers,
            },
          }),
        );
        const parsed = parseMessage(bytes, 'udp');
        expect(parsed.ok).toBe(true);
        if (!parsed.ok) return;
        const names = parsed.message.fields.lines().map((line) => line.name);
        expect(names.filter((each) => each === 'via' || each === 'from')).toEqual(['via', 'from']);
        const address = parseNameAddr(parsed.message.header('from') ?? '');
        expect(address?.params).toEqual(new Map([['tag', 'ours']]));
        expect(parseSipUri(address?.uri ?? '')?.host).toBe(audience.host);
      }
    }),
    // Each run writes and parses two messages: a hundred and more in all.
    { numRuns: 60 },
  );
});
