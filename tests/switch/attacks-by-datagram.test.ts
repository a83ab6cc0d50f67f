import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SipResponse } from '@/lib/protocol/sip/message';
import { liftBan } from '@/lib/services/bans/lift-ban';
import { listBans } from '@/lib/services/bans/list-bans';
import { Citizens } from '@/tests/support/citizens';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { labIdentity, RawPhone } from '@/tests/support/raw-phone';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { unnoticed as besideCitizens } from '@/tests/support/under-attack';

let running: RunningSwitch;
let citizens: Citizens;
const phones: RawPhone[] = [];

beforeAll(async () => {
  running = await startSwitch();
  citizens = await Citizens.open(running.ports.sip);
});

afterAll(async () => {
  for (const phone of phones) phone.close();
  citizens?.close();
  await running?.close();
});

beforeEach(() => {
  for (const phone of phones.splice(0)) phone.close();
});

async function attacker(address: string, user = '103'): Promise<RawPhone> {
  const phone = await RawPhone.open(running.ports.sip, address, labIdentity('acme', user));
  phones.push(phone);
  return phone;
}

const unnoticed = <T>(attack: () => Promise<T>) => besideCitizens({ running, citizens }, attack);

const isResponse = (message: { kind: string }): message is SipResponse =>
  message.kind === 'response';

/** What came back after something was sent, up to the answer to an OPTIONS that was sent last. */
async function answersTo(phone: RawPhone, sent: readonly (string | Buffer)[]): Promise<number[]> {
  const callId = `barrier-${phone.address}-${phone.received.length}`;
  phone.received.length = 0;
  for (const one of sent) phone.send(one);
  phone.send(phone.wire({ method: 'OPTIONS', callId, from: '<sip:me@me.test>;tag=x' }));
  expect((await phone.final(callId, 1)).status).toBe(200);
  return phone.received.filter(isResponse).flatMap(({ callId: id, status }) => {
    return id === callId ? [] : [status];
  });
}

async function bansOf(address: string) {
  const { items } = await listBans(await labOperator(running.database), { limit: 200 });
  return items.filter((ban) => ban.address === address);
}

test('scanners hear nothing, whatever they ask', async () => {
  const phone = await attacker('127.0.0.66');
  const agents = ['friendly-scanner', 'sipvicious', 'sipcli/v1.8', 'pplsip', 'VaxSIPUserAgent/3.5'];
  const probes = agents.flatMap((agent) =>
    ['OPTIONS', 'REGISTER', 'INVITE'].map((method) =>
      phone.wire({ method, lines: [`User-Agent: ${agent}`] }),
    ),
  );
  expect(await unnoticed(() => answersTo(phone, probes))).toEqual([]);
  // A datagram's source may be forged: nobody is banned for it.
  expect(await bansOf('127.0.0.66')).toEqual([]);
});

test('who guesses at secrets is banned after nine, for five minutes, over a restart, until lifted', async () => {
  const guesser = await attacker('127.0.0.66');
  await unnoticed(async () => {
    for (let n = 0; n < 9; n += 1) {
      expect(await guesser.register({ secret: `guess-${n}` })).toBe(403);
    }
    guesser.send(guesser.wire({ method: 'REGISTER', callId: 'after' }));
    await expect(guesser.final('after', 1, 300)).rejects.toThrow('no final response');
  });
  await eventually(async () => (await bansOf('127.0.0.66')).length === 1);
  const [ban] = await bansOf('127.0.0.66');
  expect(ban).toMatchObject({
    origin: 'switch',
    cause: 'wrong_secret',
    detail: '103@acme.lab.test',
    level: 1,
  });
  expect(Date.parse(ban?.until ?? '') - Date.parse(ban?.since ?? '')).toBe(300_000);
  // It is counted on, and still banned after a restart.
  await running.restart();
  guesser.send(guesser.wire({ method: 'OPTIONS', callId: 'restarted' }));
  await expect(guesser.final('restarted', 1, 300)).rejects.toThrow('no final response');
  await eventually(async () => ((await bansOf('127.0.0.66'))[0]?.attempts ?? 0) > 10);
  await liftBan(await labOperator(running.database), ban?.id ?? '');
  await eventually(async () => {
    guesser.send(guesser.wire({ method: 'OPTIONS', callId: 'lifted' }));
    return guesser.final('lifted', 1, 100).then(
      ({ status }) => status === 200,
      () => false,
    );
  });
});

test('a name that is guessed at from everywhere: each stranger gets one guess, its phone stays', async () => {
  const home = await attacker('127.0.0.77', '104');
  expect(await home.register()).toBe(200);
  await unnoticed(async () => {
    for (let n = 1; n <= 24; n += 1) {
      const bot = await attacker(`127.0.1.${n}`, '104');
      expect(await bot.register({ secret: 'guess' })).toBe(403);
      bot.send(bot.wire({ method: 'OPTIONS', callId: `alive-${n}` }));
      if (n <= 20) expect((await bot.final(`alive-${n}`, 1)).status).toBe(200);
      else await expect(bot.final(`alive-${n}`, 1, 100)).rejects.toThrow();
    }
    expect(await home.register()).toBe(200);
  });
  await eventually(async () => (await bansOf('127.0.1.24')).length === 1);
  expect(await bansOf('127.0.1.24')).toMatchObject([{ cause: 'name_guessed' }]);
});

test('nobody is banned for what was sent in their name, nor for answers to a challenge of others', async () => {
  const victim = await attacker('127.0.0.67');
  const other = await attacker('127.0.0.68');
  await unnoticed(async () => {
    for (let n = 0; n < 50; n += 1) victim.send(victim.wire({ method: 'REGISTER' }));
    other.send(other.wire({ method: 'REGISTER', callId: 'fetched' }));
    const challenged = await other.final('fetched', 1);
    for (let n = 0; n < 20; n += 1) {
      const request = { method: 'REGISTER', callId: `carried-${n}`, cseq: 2 };
      const line = victim.authorization(request, challenged, 'wrong');
      victim.send(victim.wire({ ...request, lines: [line] }));
      // Challenged again, not refused: it proves nothing.
      expect((await victim.final(`carried-${n}`, 2)).status).toBe(401);
    }
    expect(await victim.register()).toBe(200);
  });
  expect(await bansOf('127.0.0.67')).toEqual([]);
});

test('a flood is dropped before it is parsed, and holds nothing', async () => {
  const flooder = await attacker('127.0.0.69');
  const before = (await running.control.send('status', {})).inUse.transactions;
  await unnoticed(async () => {
    for (let burst = 0; burst < 40; burst += 1) {
      for (let n = 0; n < 250; n += 1) {
        flooder.send(flooder.wire({ method: n % 2 === 0 ? 'INVITE' : 'OPTIONS', body: 'v=0' }));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  // The bucket: 1,000 at once and 200 a second, of 10,000 sent.
  const answered = flooder.received.filter(isResponse).length;
  expect(answered).toBeGreaterThan(900);
  expect(answered).toBeLessThan(4_000);
  // Those of the citizens' calls; of the flood's 5,000 INVITEs none.
  expect((await running.control.send('status', {})).inUse.transactions - before).toBeLessThan(250);
});

test('a captured registration is worth nothing, there or elsewhere', async () => {
  const phone = await attacker('127.0.0.70');
  const thief = await attacker('127.0.0.71');
  phone.send(phone.wire({ method: 'REGISTER', callId: 'captured' }));
  const challenged = await phone.final('captured', 1);
  const line = phone.authorization({ method: 'REGISTER' }, challenged, 'lab-acme-103');
  const again = (from: RawPhone, cseq: number) => {
    const request = { method: 'REGISTER', callId: 'captured', cseq, lines: [line] };
    from.send(from.wire(request));
    return from.final('captured', cseq);
  };
  await unnoticed(async () => {
    expect((await again(phone, 2)).status).toBe(200);
    const replayed = await again(phone, 3);
    expect(replayed.status).toBe(401);
    expect(replayed.header('www-authenticate')).toContain('stale=true');
    expect((await again(thief, 4)).status).toBe(401);
  });
});

test('a call ends by those who are in it, not by who has overheard its tags', async () => {
  const caller = await attacker('127.0.0.72', '105');
  const callee = await attacker('127.0.0.73', '106');
  const thief = await attacker('127.0.0.74');
  expect(await callee.register()).toBe(200);
  await unnoticed(async () => {
    const answer = await caller.invite('106');
    expect(answer.status).toBe(200);
    caller.send(caller.wire(caller.within(answer, 'ACK', answer.cseq.sequence)));
    const cseq = answer.cseq.sequence;
    for (const method of ['BYE', 'INVITE', 'INFO', 'REFER', 'UPDATE']) {
      const stolen = { ...caller.within(answer, method, cseq + 1), body: thief.sdp() };
      const { status } = await thief.ask(stolen);
      expect([401, 481], `${method}: ${status}`).toContain(status);
    }
    expect((await running.control.send('status', {})).liveCalls).toBeGreaterThanOrEqual(1);
    expect((await caller.ask(caller.within(answer, 'BYE', cseq + 1))).status).toBe(200);
  });
});

test('credentials of ours go to nobody who asks for them in a call', async () => {
  const caller = await attacker('127.0.0.78', '107');
  const callee = await attacker('127.0.0.79', '108');
  expect(await callee.register()).toBe(200);
  const challenge =
    'WWW-Authenticate: Digest realm="acme.lab.test", nonce="n", algorithm=MD5, qop="auth"';
  callee.onRequest = (request) => {
    if (request.method === 'ACK') return true;
    callee.respond(request, '401 Unauthorized', { lines: [challenge] });
    return true;
  };
  await unnoticed(async () => {
    const answer = await caller.invite('108');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers('www-authenticate')).toEqual([]);
  });
  const sent = callee.received.filter((message) => message.kind === 'request');
  expect(sent.length).toBeGreaterThan(0);
  for (const request of sent) {
    expect(request.header('authorization')).toBeUndefined();
    expect(request.header('proxy-authorization')).toBeUndefined();
  }
});

test("a carrier's name in From and Via makes nobody a carrier", async () => {
  const forger = await attacker('127.0.0.75');
  const calls = await running.database.prisma.call.count();
  await unnoticed(async () => {
    forger.send(
      forger.wire({
        method: 'INVITE',
        callId: 'forged',
        uri: 'sip:+12025550101@acme.lab.test',
        from: '<sip:+442079460000@127.0.0.1:5090>;tag=f',
        via: 'SIP/2.0/UDP 127.0.0.1:5090;rport;branch=z9hG4bKforged',
        body: forger.sdp(),
      }),
    );
    // The answer goes to who sent it, and it is a challenge.
    expect((await forger.final('forged', 1)).status).toBe(401);
  });
  expect(await running.database.prisma.call.count({ where: { class: 'inbound' } })).toBe(0);
  expect(await running.database.prisma.call.count()).toBeGreaterThanOrEqual(calls);
});

test('a right secret speaks for its own name only', async () => {
  const phone = await attacker('127.0.0.76');
  await unnoticed(async () => {
    const forge = (user: string, domain = 'acme.lab.test') =>
      phone.invite('101', { from: `"Boss" <sip:${user}@${domain}>;tag=f${user}` });
    expect((await forge('101')).status).toBe(403);
    // A number of Birch's; one of its own tenant a phone may show.
    expect((await forge('+12025550102')).status).toBe(403);
    const { status } = await forge('103', 'birch.lab.test').catch(() => ({ status: 401 }));
    expect([401, 403]).toContain(status);
    const registered = await phone.ask({
      method: 'REGISTER',
      to: '<sip:101@acme.lab.test>',
      lines: ['Expires: 300'],
    });
    expect(registered.status).toBe(403);
  });
});
