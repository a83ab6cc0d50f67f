import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { audioSdp, headerOf, tagOf, uriIn } from '@/tests/support/wire/message';
import { type WireDialog, WirePhone } from '@/tests/support/wire/phone';

/**
 * What happens within a house over the wire: a colleague's call picked up, a PBX that transfers, what
 * is agreed before the answer.
 */
const PBX = '127.0.0.73';

let running: RunningSwitch;
const phones: WirePhone[] = [];

beforeAll(async () => {
  running = await startSwitch();
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await running.noneIsLeft();
});

afterAll(async () => {
  expect(running.errors()).toEqual([]);
  await running.close();
});

async function open(tenant: string, user: string, localAddress?: string): Promise<WirePhone> {
  const phone = await WirePhone.open({
    ...{ user, domain: `${tenant}.lab.test`, secret: `lab-${tenant}-${user}` },
    server: `127.0.0.1:${running.ports.sip}`,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  phones.push(phone);
  return phone;
}

async function registered(tenant: string, user: string): Promise<WirePhone> {
  const phone = await open(tenant, user);
  expect((await phone.register()).status).toBe(200);
  return phone;
}

const DIALOG_EVENT = ['Event', 'dialog'] as const;

/** Watches a colleague: waits for the lamp to say how to pick its call up; puts the lamp out. */
async function watch(phone: WirePhone, number: string) {
  const { reply, sent } = await phone.ask({
    method: 'SUBSCRIBE',
    uri: `sip:${number}@${phone.options.domain}`,
    headers: [DIALOG_EVENT, ['Accept', 'application/dialog-info+xml'], ['Expires', '600']],
  });
  expect(reply.status).toBe(200);
  const dialog: WireDialog = {
    callId: headerOf(reply, 'call-id'),
    ours: headerOf(reply, 'from'),
    theirs: headerOf(reply, 'to'),
    target: uriIn(headerOf(reply, 'contact')),
    sequence: sent.sequence ?? 1,
  };
  return {
    flashes: async (): Promise<string> => {
      for (;;) {
        const notify = await phone.request('NOTIFY');
        phone.reply(notify, 200);
        const named = /call-id="([^"]+)" local-tag="([^"]+)" remote-tag="([^"]+)"/.exec(
          notify.body,
        );
        if (named) return `${named[1]};to-tag=${named[3]};from-tag=${named[2]};early-only`;
      }
    },
    end: async (): Promise<void> => {
      const headers = [DIALOG_EVENT, ['Expires', '0']] as const;
      const sequence = phone.inDialog(dialog, 'SUBSCRIBE', { headers });
      expect((await phone.response('SUBSCRIBE', sequence)).status).toBe(200);
    },
  };
}

test('a lamp that flashes is enough to pick the call up, for colleagues alone', async () => {
  const caller = await registered('acme', '101');
  const rung = await registered('acme', '102');
  const picker = await registered('acme', '103');
  const stranger = await registered('birch', '103');
  const lamp = await watch(picker, '102');
  const calling = caller.call('102', audioSdp(41_000));
  const invite = await rung.request('INVITE');
  rung.reply(invite, 180, { to: `${headerOf(invite, 'to')};tag=rings` });
  const replaces = await lamp.flashes();
  const refused = await stranger.ask({
    method: 'INVITE',
    uri: 'sip:102@birch.lab.test',
    body: audioSdp(41_010),
    headers: [['Replaces', replaces]],
  });
  expect(refused.reply.status).toBe(481);
  const picked = await picker.call('102', audioSdp(41_020), [
    ['Replaces', replaces],
    ['Require', 'replaces'],
  ]);
  const talking = await calling;
  const cancel = await rung.request('CANCEL');
  expect(headerOf(cancel, 'reason')).toContain('cause=200');
  rung.reply(cancel, 200);
  rung.reply(invite, 487, { to: `${headerOf(invite, 'to')};tag=rings` });
  expect((await picker.hangUp(picked)).status).toBe(200);
  await caller.hungUp();
  expect(talking.target).not.toBe('');
  const calls = await running.lab.calls('102', 2);
  expect(calls.map((call) => call.class)).toEqual(['internal', 'internal']);
  expect(await running.lab.links('102')).toEqual([{ kind: 'pickup', dialled: '102' }]);
  await lamp.end();
});

test("a tenant's PBX transfers its call to an extension, and the call is its tenant's", async () => {
  const operator = await labOperator(running.database);
  const { tenantId } = await running.database.prisma.extension.findFirstOrThrow({
    where: { number: '104', tenant: { domain: 'acme.lab.test' } },
  });
  const trunk = await createTrunk(operator, {
    ...{ kind: 'pbx', tenantId, name: 'Branch', address: PBX },
  });
  await eventually(async () => {
    const { generation, status } = await getTrunk(operator, trunk.id);
    return status.observedGeneration === generation;
  });
  const pbx = await open('acme', 'branch', PBX);
  const first = await registered('acme', '104');
  const target = await registered('acme', '105');
  const [own, called] = await Promise.all([
    pbx.call('104', audioSdp(41_100)),
    first.answer(audioSdp(41_110)),
  ]);
  await first.request('ACK');
  const sequence = pbx.inDialog(own, 'REFER', {
    headers: [['Refer-To', '<sip:105@acme.lab.test>']],
  });
  expect((await pbx.response('REFER', sequence)).status).toBe(202);
  const answering = target.answer(audioSdp(41_120));
  const told: string[] = [];
  while (!told.at(-1)?.includes('200')) {
    const notify = await pbx.request('NOTIFY');
    pbx.reply(notify, 200);
    told.push(notify.body);
  }
  const answered: WireDialog = await answering;
  await pbx.hungUp();
  const reinvite = await first.request('INVITE');
  expect(tagOf(headerOf(reinvite, 'to'))).toBe(tagOf(called.ours));
  first.reply(reinvite, 200, { body: audioSdp(41_110) });
  expect(uriIn(headerOf(reinvite, 'contact'))).not.toBe('');
  await first.request('ACK');
  expect((await target.hangUp(answered)).status).toBe(200);
  await first.hungUp();
  expect(await running.lab.call('105')).toMatchObject({ class: 'internal' });
  expect(await running.lab.links('105')).toEqual([{ kind: 'transfer', dialled: '104' }]);
});

const voiceOf = (body: string): string => /m=audio \d+ RTP\/AVP ([\d ]+)/.exec(body)?.[1] ?? '';

test('what is offered in a PRACK is answered in its 200, and the call is as was agreed on last', async () => {
  const caller = await registered('acme', '106');
  const called = await registered('acme', '107');
  const offer = audioSdp(41_200);
  const narrowed = audioSdp(41_210, 'sendrecv', 2).replace(/(m=audio \d+ RTP\/AVP) .*/, '$1 0');
  const calling = caller.ask({
    method: 'INVITE',
    uri: 'sip:107@acme.lab.test',
    body: offer,
    headers: [
      ['Require', '100rel'],
      ['Supported', '100rel'],
    ],
  });
  const invite = await called.request('INVITE');
  const to = `${headerOf(invite, 'to')};tag=early`;
  called.reply(invite, 183, { to, body: audioSdp(41_220) });
  const rung = await caller.next(({ status }) => status === 183);
  expect(voiceOf(rung.body)).not.toBe('0');
  const dialog: WireDialog = {
    callId: headerOf(rung, 'call-id'),
    ours: headerOf(rung, 'from'),
    theirs: headerOf(rung, 'to'),
    target: uriIn(headerOf(rung, 'contact')),
    sequence: 2,
  };
  const sequence = caller.inDialog(dialog, 'PRACK', {
    headers: [['RAck', `${headerOf(rung, 'rseq')} 2 INVITE`]],
    body: narrowed,
  });
  const heard = await caller.response('PRACK', sequence);
  expect([heard.status, voiceOf(heard.body)]).toEqual([200, '0']);
  called.reply(invite, 200, { to, body: audioSdp(41_220) });
  const { reply } = await calling;
  expect([reply.status, voiceOf(reply.body)]).toEqual([200, '0']);
  caller.ack(dialog, 2);
  await called.request('ACK');
  expect((await caller.hangUp(dialog)).status).toBe(200);
  await called.hungUp();
  expect(await running.lab.call('107')).toMatchObject({ class: 'internal' });
});
