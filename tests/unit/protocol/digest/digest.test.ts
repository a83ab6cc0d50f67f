import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import { createDigestClient, isStale } from '@/lib/protocol/digest/client';
import { digestResponse } from '@/lib/protocol/digest/hash';
import { parseDigestParameters } from '@/lib/protocol/digest/parameters';
import { createDigestServer, type DigestServer } from '@/lib/protocol/digest/server';
import type { DigestSubject, Ha1 } from '@/lib/protocol/digest/types';
import { uriMatches } from '@/lib/protocol/digest/uri-match';
import { readRequest, spoilt } from '@/tests/unit/protocol/sip/wire';

const REALM = 'acme.test';
const URI = 'sip:acme.test';
const SOURCE = '192.0.2.1';

function ha1Of(username: string, secret: string, realm = REALM): Ha1 {
  const text = `${username}:${realm}:${secret}`;
  return {
    md5: createHash('md5').update(text).digest('hex'),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function setUp(options: { maxTrackedUses?: number } = {}) {
  const clock = new ManualClock();
  const server = createDigestServer({
    secret: Buffer.alloc(32, 7),
    clock,
    nonceLifetimeMs: 60_000,
    ...options,
  });
  const verify = (
    authorization: string | undefined,
    changes: Partial<DigestSubject> & { source?: string } = {},
  ) =>
    server.verify(
      {
        method: 'REGISTER',
        uri: URI,
        authorization: authorization === undefined ? [] : [authorization],
        ...changes,
      },
      {
        realm: REALM,
        source: changes.source ?? SOURCE,
        lookUp: (username) => (username === '101' ? ha1Of('101', 'right') : undefined),
      },
    );
  return { clock, server, verify };
}

let cnonces = 0;
function clientOf(secret = 'right', username = '101') {
  return createDigestClient({ username, realm: REALM, ha1: ha1Of(username, secret) }, () => {
    cnonces += 1;
    return `cnonce${cnonces}`;
  });
}

function challengeOf(server: DigestServer, algorithm?: 'MD5'): readonly string[] {
  const algorithms = algorithm === undefined ? undefined : [algorithm];
  return server.challenge(REALM, { source: SOURCE, algorithms });
}

function answered(server: DigestServer, client = clientOf(), algorithm?: 'MD5'): string {
  const challenges = challengeOf(server, algorithm);
  return client.answer({ method: 'REGISTER', uri: URI, challenges }) ?? '';
}

describe('the digest itself', () => {
  it('is that of RFC 7616 §3.9.1', () => {
    const input = {
      method: 'GET',
      uri: '/dir/index.html',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      qop: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
    };
    const ha1 = ha1Of('Mufasa', 'Circle of Life', 'http-auth@example.org');
    expect(digestResponse(ha1.md5, { ...input, algorithm: 'MD5' })).toBe(
      '8ca523f5e9506fed4657c9700eebdbec',
    );
    expect(digestResponse(ha1.sha256, { ...input, algorithm: 'SHA-256' })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  it('of RFC 2069 has no qop', () => {
    const input = { method: 'GET', uri: '/dir/index.html', algorithm: 'MD5' } as const;
    const ha1 = ha1Of('Mufasa', 'CircleOfLife', 'testrealm@host.com');
    const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
    expect(digestResponse(ha1.md5, { ...input, nonce })).toBe('1949323746fe6a43ef61f9606e7febea');
  });
});

describe('the server', () => {
  it('offers SHA-256 first, then MD5, a header each, qop required', () => {
    const { server } = setUp();
    const [first, second, ...more] = challengeOf(server).map(parseDigestParameters);
    expect([first?.get('algorithm'), second?.get('algorithm')]).toEqual(['SHA-256', 'MD5']);
    expect(more).toEqual([]);
    expect(first?.get('qop')).toBe('auth');
    expect(first?.get('realm')).toBe(REALM);
  });

  it('lets in who knows the secret, by either algorithm', () => {
    const { server, verify } = setUp();
    expect(verify(answered(server))).toEqual({ ok: true, username: '101', algorithm: 'SHA-256' });
    expect(verify(answered(server, clientOf(), 'MD5'))).toMatchObject({
      ok: true,
      algorithm: 'MD5',
    });
  });

  it('asks whoever brings nothing, or credentials for somebody else', () => {
    const { verify } = setUp();
    expect(verify(undefined)).toEqual({ ok: false, kind: 'missing' });
    expect(verify('Basic MTAxOnJpZ2h0')).toEqual({ ok: false, kind: 'missing' });
    expect(verify('Digest username="101", realm="other"')).toEqual({ ok: false, kind: 'missing' });
  });

  it('counts a wrong secret only where the nonce was given to that very address', () => {
    const { server, verify } = setUp();
    const wrong = answered(server, clientOf('wrong'));
    expect(verify(wrong)).toMatchObject({ kind: 'wrong', username: '101', isCompleted: true });
    expect(verify(wrong, { source: '203.0.113.1' })).toMatchObject({ isCompleted: false });
    const invented = wrong.replace(/nonce="[^"]+"/, `nonce="${'0'.repeat(43)}"`);
    expect(verify(invented)).toMatchObject({ kind: 'wrong', isCompleted: false });
  });

  it('answers an unknown user like a wrong secret', () => {
    const { server, verify } = setUp();
    expect(verify(answered(server, clientOf('right', '999')))).toEqual({
      ok: false,
      kind: 'wrong',
      username: '999',
      isCompleted: true,
    });
  });

  it('says stale only when the digest is otherwise right', () => {
    const { clock, server, verify } = setUp();
    const right = answered(server);
    const wrong = answered(server, clientOf('wrong'));
    clock.advance(60_001);
    expect(verify(right)).toEqual({ ok: false, kind: 'stale', username: '101' });
    expect(verify(wrong)).toMatchObject({ kind: 'wrong' });
    expect(isStale(server.challenge(REALM, { source: SOURCE, stale: true }))).toBe(true);
    expect(isStale(challengeOf(server))).toBe(false);
  });

  it('says stale to a right digest whose address changed, as behind a NAT', () => {
    const { server, verify } = setUp();
    expect(verify(answered(server), { source: '198.51.100.7' })).toMatchObject({ kind: 'stale' });
  });

  it('takes every nonce-count once, in any order within its window', () => {
    const { server, verify } = setUp();
    const challenges = challengeOf(server);
    const client = createDigestClient(
      { username: '101', realm: REALM, ha1: ha1Of('101', 'right') },
      () => 'same',
    );
    const answers = Array.from({ length: 60 }, () =>
      client.answer({ method: 'REGISTER', uri: URI, challenges }),
    );
    const kinds = (indexes: number[]) =>
      indexes.map((index) => {
        const verdict = verify(answers[index]);
        return verdict.ok ? 'ok' : verdict.kind;
      });
    expect(kinds([2, 0, 1, 3])).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(kinds([0, 1, 2, 3])).toEqual(['stale', 'stale', 'stale', 'stale']);
    expect(kinds([59, 40, 40, 5, 59])).toEqual(['ok', 'ok', 'stale', 'stale', 'stale']);
  });

  it('forgets uses only together with the nonces they belong to', () => {
    const { server, verify } = setUp({ maxTrackedUses: 3 });
    const first = answered(server);
    expect(verify(first).ok).toBe(true);
    const others = [answered(server), answered(server), answered(server)];
    for (const other of others) verify(other);
    expect(verify(first)).toMatchObject({ kind: 'stale' });
  });

  it.each([
    ['without qop', (text: string) => text.replace(/, qop=auth/, '')],
    ['without cnonce', (text: string) => text.replace(/cnonce="[^"]+", /, '')],
    ['with a nc that is no count', (text: string) => text.replace(/nc=0+1/, 'nc=1')],
    ['without uri', (text: string) => text.replace(/uri="[^"]+", /, '')],
    ['of an algorithm not offered', (text: string) => text.replace(/SHA-256/, 'SHA-512')],
  ])('refuses a digest %s as malformed', (_, spoil) => {
    const { server, verify } = setUp();
    expect(verify(spoil(answered(server)))).toMatchObject({ ok: false, kind: 'malformed' });
  });

  it('refuses a digest made for another target or method', () => {
    const { server, verify } = setUp();
    expect(verify(answered(server), { uri: 'sip:+882@acme.test' })).toMatchObject({
      kind: 'malformed',
      reason: 'Digest uri Differs',
    });
    expect(verify(answered(server), { method: 'INVITE' })).toMatchObject({ kind: 'wrong' });
  });

  it('is not fooled by names inside other names or inside quotes', () => {
    const params = parseDigestParameters(
      'Digest cnonce="nonce=x, realm=evil", username="a\\"b", realm="r", nonce=n, uri="sip:a,b"',
    );
    expect(params?.get('nonce')).toBe('n');
    expect(params?.get('realm')).toBe('r');
    expect(params?.get('username')).toBe('a"b');
    expect(params?.get('uri')).toBe('sip:a,b');
    expect(parseDigestParameters('Digest realm="a", realm="b"')).toBeUndefined();
    const odd = parseDigestParameters('  DIGEST\t ,Realm = "a" , , NC=1 ,\tx-more="\\"=,"  ');
    expect([...(odd ?? [])]).toEqual([
      ['realm', 'a'],
      ['nc', '1'],
      ['x-more', '"=,'],
    ]);
    for (const broken of ['realm', '="a"', 'realm="a" nonce="b"', 'realm="a', 'a b="c"']) {
      expect(parseDigestParameters(`Digest ${broken}`)).toBeUndefined();
    }
  });

  it('reads what clients write differently: quoted tokens, upper-case hex, no algorithm', () => {
    const { server, verify } = setUp();
    const usual = answered(server, clientOf(), 'MD5');
    const odd = usual
      .replace('algorithm=MD5', 'algorithm="md5"')
      .replace('qop=auth', 'qop="auth"')
      .replace(/response="([^"]+)"/, (_, hex: string) => `response="${hex.toUpperCase()}"`);
    expect(verify(odd).ok).toBe(true);
    const bare = answered(server, clientOf(), 'MD5').replace(', algorithm=MD5', '');
    expect(verify(bare)).toMatchObject({ ok: true, algorithm: 'MD5' });
  });
});

describe('the signed uri', () => {
  const isOurs = (host: string, port: number | undefined) =>
    host === 'acme.test' || (host === '127.0.0.1' && port === 5060);

  it.each([
    ['sip:102@acme.test', 'sip:102@acme.test'],
    ['sip:acme.test;transport=tcp', 'sip:acme.test'],
    ['sip:ACME.test:5060', 'sip:acme.test'],
    ['sip:%3102@acme.test', 'sip:102@acme.test'],
    ['sip:127.0.0.1:5060', 'sip:102@acme.test'],
    ['sip:acme.test', 'sip:102@acme.test'],
    ['sip:102@127.0.0.1:5060', 'sip:102@acme.test'],
    ['tel:+1-202', 'tel:+1202'],
  ])('%s means %s', (signed, requested) => {
    expect(uriMatches(signed, requested, isOurs)).toBe(true);
  });

  it.each([
    ['sip:103@acme.test', 'sip:102@acme.test'],
    ['sip:127.0.0.1:5070', 'sip:102@acme.test'],
    ['sip:evil.test', 'sip:102@acme.test'],
    ['sip:102@evil.test', 'sip:102@acme.test'],
    ['tel:102', 'sip:102@acme.test'],
    ['', 'sip:102@acme.test'],
  ])('%s does not mean %s', (signed, requested) => {
    expect(uriMatches(signed, requested, isOurs)).toBe(false);
  });
});

describe('the client', () => {
  it('answers the strongest challenge, whatever their order', () => {
    const { server } = setUp();
    const challenges = [...challengeOf(server)].reverse();
    const answer = clientOf().answer({ method: 'REGISTER', uri: URI, challenges });
    expect(parseDigestParameters(answer ?? '')?.get('algorithm')).toBe('SHA-256');
  });

  it('never answers another realm, another scheme or qop=auth-int alone', () => {
    for (const challenge of [
      'Digest realm="evil.test", nonce="n", qop="auth"',
      'Basic realm="acme.test"',
      'Digest realm="acme.test", nonce="n", qop="auth-int"',
      'Digest realm="acme.test", nonce="n", algorithm=SHA-512-256, qop="auth"',
    ]) {
      const input = { method: 'REGISTER', uri: URI, challenges: [challenge] };
      expect(clientOf().answer(input)).toBeUndefined();
    }
  });

  it('counts a nonce that it uses again, and hands opaque back', () => {
    const client = clientOf();
    const challenges = ['Digest realm="acme.test", nonce="n", opaque="o\\"p", qop="auth,auth-int"'];
    const answer = () =>
      parseDigestParameters(client.answer({ method: 'REGISTER', uri: URI, challenges }) ?? '');
    expect(answer()?.get('nc')).toBe('00000001');
    expect(answer()?.get('nc')).toBe('00000002');
    expect(answer()?.get('opaque')).toBe('o"p');
  });

  it('answers a carrier of RFC 2069 without qop', () => {
    const challenges = ['Digest realm="acme.test", nonce="n"'];
    const answer = clientOf().answer({ method: 'REGISTER', uri: URI, challenges });
    expect(answer).not.toMatch(/qop|cnonce|nc=/);
  });
});

describe('what is offered to whom', () => {
  const from = (agent: string | undefined, branch = 'z9hG4bKabc') =>
    readRequest(
      spoilt({
        via: `Via: SIP/2.0/UDP 192.0.2.1;branch=${branch}`,
        'user-agent': agent === undefined ? undefined : `User-Agent: ${agent}`,
      }),
    );

  it.each([
    ['sipsak 0.9.8.1', undefined],
    ['SIP.js/0.21.2', undefined],
    ['Browser phone (SIP.js/0.21)', undefined],
    ['baresip v1.0.0 (x86_64/linux)', undefined],
    [undefined, 'z9hG4bK-1234-1-0'],
  ])('MD5 alone to a client that stumbles over more (%s %s)', (agent, branch) => {
    expect(new ChallengePolicy().challenged(from(agent, branch), SOURCE)).toEqual(['MD5']);
  });

  it('both to everybody else, until one asks again and again without answering', () => {
    const policy = new ChallengePolicy();
    const request = from('Old Phone 1.0');
    const offered = () => policy.challenged(request, SOURCE).join(' ');
    expect([offered(), offered(), offered()]).toEqual(['SHA-256 MD5', 'SHA-256 MD5', 'MD5']);
    // It then answers, and will need MD5 the next time too.
    policy.answered(request, SOURCE);
    expect(offered()).toBe('MD5');
    expect(policy.challenged(request, '192.0.2.2')).toEqual(['SHA-256', 'MD5']);
  });

  it('both for ever to a client that answers', () => {
    const policy = new ChallengePolicy();
    const request = from('Good Phone 2.0');
    for (let n = 0; n < 10; n += 1) {
      expect(policy.challenged(request, SOURCE)).toEqual(['SHA-256', 'MD5']);
      policy.answered(request, SOURCE);
    }
  });
});

describe('nonces', () => {
  it('of another realm, of another key, or with a byte changed prove nothing', () => {
    const { server, verify } = setUp();
    const elsewhere = createDigestServer({
      secret: Buffer.alloc(32, 8),
      clock: new ManualClock(),
      nonceLifetimeMs: 60_000,
    });
    const nonceIn = (challenges: readonly string[]) =>
      /nonce="([^"]+)"/.exec(challenges[0] ?? '')?.[1] ?? '';
    const own = nonceIn(challengeOf(server));
    const foreign = [
      nonceIn(server.challenge('birch.test', { source: SOURCE })),
      nonceIn(elsewhere.challenge(REALM, { source: SOURCE })),
      `${own.startsWith('A') ? 'B' : 'A'}${own.slice(1)}`,
      `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`,
    ];
    const withNonce = (nonce: string, secret: string) =>
      clientOf(secret).answer({
        method: 'REGISTER',
        uri: URI,
        challenges: [`Digest realm="${REALM}", nonce="${nonce}", algorithm=SHA-256, qop="auth"`],
      });
    expect(verify(withNonce(own, 'right')).ok).toBe(true);
    for (const nonce of foreign) {
      expect(verify(withNonce(nonce, 'right')), nonce).toMatchObject({ kind: 'stale' });
      expect(verify(withNonce(nonce, 'wrong')), nonce).toMatchObject({ isCompleted: false });
    }
  });

  it('no two challenges share one, even within a second', () => {
    const { server } = setUp();
    const nonceOf = () =>
      /nonce="([^"]+)"/.exec(server.challenge(REALM, { source: SOURCE })[0] ?? '')?.[1];
    expect(nonceOf()).not.toBe(nonceOf());
  });
});
