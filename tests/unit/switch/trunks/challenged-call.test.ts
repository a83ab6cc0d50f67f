import { expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { createRequest, createResponse } from '@/lib/protocol/sip/build';
import { CalleeLeg } from '@/lib/switch/call/callee-leg';
import { createChallengeAnswers } from '@/lib/switch/trunks/challenge';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import {
  type CarrierBehaviour,
  ChallengingCarrier,
  ourStack,
  REALM,
  SECRET,
  US,
  USERNAME,
} from './carrier';

const CARRIER = '192.0.2.50';

function call(behaviour: Partial<CarrierBehaviour> = {}, secret = SECRET) {
  const network = new VirtualNetwork();
  const stack = ourStack(network);
  const carrier = new ChallengingCarrier(network, CARRIER, {
    status: 407,
    realm: REALM,
    admitted: (transaction) => transaction.respond(180),
    ...behaviour,
  });
  const outcome: string[] = [];
  const credentials = { username: USERNAME, realm: REALM, secret };
  const answers = createChallengeAnswers(credentials, () => stack.randomToken());
  const leg = new CalleeLeg(stack, {
    id: newId(0),
    identity: { seq: 1, sipCallId: 'call-1', extensionId: null, trunkId: null, target: '' },
    flow: network.flow(US, CARRIER),
    listener: {
      onProvisional: (_leg, status) => outcome.push(String(status)),
      onAnswered: () => outcome.push('answered'),
      onFailed: (_leg, failure) => outcome.push(`failed ${failure.status}`),
    },
  });
  leg.invite({
    uri: 'sip:+442079460018@sip.carrier.test',
    from: '<sip:+12025550101@sip.carrier.test>',
    to: '<sip:+442079460018@sip.carrier.test>',
    maxForwards: 69,
    headers: {},
    sdp: Buffer.from('v=0\r\n'),
    authenticate: answers.forRequest(),
  });
  network.advance(2_000);
  expect(network.errors).toEqual([]);
  const invites = carrier.requests.filter((request) => request.method === 'INVITE');
  return { network, carrier, outcome, invites, leg };
}

test.each([401, 407] as const)(
  'a %i to an INVITE is acknowledged and answered, CSeq one higher',
  (status) => {
    const { network, invites, outcome } = call({ status });
    expect(outcome).toEqual(['180']);
    expect(invites.map((invite) => invite.cseq.sequence)).toEqual([1, 2]);
    expect(new Set(invites.map((invite) => invite.callId)).size).toBe(1);
    expect(new Set(invites.map((invite) => invite.fromTag)).size).toBe(1);
    expect(new Set(invites.map((invite) => invite.via.params.get('branch'))).size).toBe(2);
    const lines = network.startLines();
    expect(lines.findIndex((line) => line.startsWith('ACK '))).toBeLessThan(
      lines.findLastIndex((line) => line.startsWith('INVITE ')),
    );
  },
);

test('SHA-256 is preferred, MD5 is understood', () => {
  expect(call().carrier.proofs[0]).toContain('algorithm=SHA-256');
  const md5 = call({ algorithms: ['MD5'] });
  expect(md5.carrier.proofs[0]).toContain('algorithm=MD5');
  expect(md5.outcome).toEqual(['180']);
});

test('a wrong secret is tried once, not in a circle', () => {
  const { invites, outcome } = call({}, 'wrong-secret-99');
  expect(invites).toHaveLength(2);
  expect(outcome).toEqual(['failed 407']);
});

test.each([
  ['another realm', `Digest realm="evil.test", nonce="n", qop="auth"`],
  ['a realm that only looks like ours', `Digest realm="${REALM}.evil.test", nonce="n", qop="auth"`],
  ['auth-int alone', `Digest realm="${REALM}", nonce="n", qop="auth-int"`],
  ['another scheme', `Basic realm="${REALM}"`],
  ['an unknown algorithm', `Digest realm="${REALM}", nonce="n", algorithm=SHA-512-256, qop="auth"`],
])('nothing is proved to whoever asks for %s', (_name, challenge) => {
  const { carrier, outcome } = call({ challenge });
  expect(carrier.proofs).toEqual([]);
  expect(outcome).toEqual(['failed 407']);
});

test('a call given up before the challenge is not sent again', () => {
  const network = new VirtualNetwork();
  const stack = ourStack(network);
  const carrier = new ChallengingCarrier(network, CARRIER, {
    status: 407,
    realm: REALM,
    admitted: (transaction) => transaction.respond(180),
  });
  const answers = createChallengeAnswers({ username: USERNAME, realm: REALM, secret: SECRET }, () =>
    stack.randomToken(),
  );
  const leg = new CalleeLeg(stack, {
    id: newId(0),
    identity: { seq: 1, sipCallId: 'call-2', extensionId: null, trunkId: null, target: '' },
    flow: network.flow(US, CARRIER),
    listener: { onProvisional: () => {}, onAnswered: () => {}, onFailed: () => {} },
  });
  leg.invite({
    uri: 'sip:1@sip.carrier.test',
    from: '<sip:2@sip.carrier.test>',
    to: '<sip:1@sip.carrier.test>',
    maxForwards: 69,
    headers: {},
    sdp: Buffer.from('v=0\r\n'),
    authenticate: answers.forRequest(),
  });
  leg.hangUp({ q850: 16, text: 'gone' });
  network.advance(5_000);
  expect(carrier.requests.filter((request) => request.method === 'INVITE')).toHaveLength(1);
  network.advance(60_000);
});

test('each request inside the dialog is answered anew, once', () => {
  const answers = createChallengeAnswers(
    { username: USERNAME, realm: REALM, secret: SECRET },
    () => 'cnonce',
  );
  const answer = answers.forRequest();
  const challenge = { 'www-authenticate': `Digest realm="${REALM}", nonce="a", qop="auth"` };
  const asked = (method: string, credentials: string | undefined) => {
    const request = createRequest({
      method,
      uri: 'sip:carrier',
      headers: {
        from: '<sip:us>;tag=a',
        to: '<sip:carrier>;tag=b',
        'call-id': 'c',
        cseq: `2 ${method}`,
        authorization: credentials,
      },
    });
    return answer(request, createResponse(request, { status: 401 }, { headers: challenge }));
  };
  for (const method of ['INVITE', 'INVITE', 'BYE']) {
    const first = asked(method, undefined)?.['authorization'];
    expect(first).toContain(`username="${USERNAME}"`);
    expect(asked(method, first)).toBeUndefined();
    expect(asked(method, first)).toBeUndefined();
  }
});

test('of challenges that a forking proxy has gathered those of our realm are answered, server and proxy', () => {
  const answers = createChallengeAnswers(
    { username: USERNAME, realm: REALM, secret: SECRET },
    () => 'cnonce',
  );
  const request = createRequest({
    method: 'INVITE',
    uri: 'sip:carrier',
    headers: { from: '<sip:us>;tag=a', to: '<sip:carrier>', 'call-id': 'c', cseq: '2 INVITE' },
  });
  const challenge = (realm: string, nonce: string) =>
    `Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=SHA-256`;
  const response = createResponse(
    request,
    { status: 407 },
    {
      headers: {
        'proxy-authenticate': [challenge('evil.test', 'e1'), challenge(REALM, 'proxy')],
        'www-authenticate': [challenge(REALM, 'server'), challenge('evil.test', 'e2')],
      },
    },
  );
  const answered = answers.forRequest()(request, response);
  expect(Object.keys(answered ?? {}).sort()).toEqual(['authorization', 'proxy-authorization']);
  expect(answered?.['authorization']).toContain('nonce="server"');
  expect(answered?.['proxy-authorization']).toContain('nonce="proxy"');
  for (const value of Object.values(answered ?? {})) {
    expect(value).toContain(`realm="${REALM}"`);
    expect(value).not.toContain('evil');
  }
});
