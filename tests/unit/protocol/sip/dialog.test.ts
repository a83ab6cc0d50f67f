import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '@/lib/protocol/sip/build';
import { Dialog, isSameDialog, requestDialogId } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { serialize } from '@/lib/protocol/sip/serialize';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { VirtualNetwork } from './virtual-network';
import { FLOW, readRequest, spoilt } from './wire';

const INVITE = createRequest({
  method: 'INVITE',
  uri: 'sip:102@acme.test',
  headers: {
    via: 'SIP/2.0/UDP alice;branch=z9hG4bKa',
    from: '"Alice" <sip:101@acme.test>;tag=mine',
    to: '<sip:102@acme.test>',
    'call-id': 'call-1',
    cseq: '5 INVITE',
    contact: '<sip:101@alice>',
  },
});

function answer(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  toTag = 'theirs',
): SipResponse {
  return createResponse(INVITE, { status, toTag }, { headers });
}

function uac(response: SipResponse): Dialog {
  const dialog = Dialog.uac(INVITE, response, FLOW);
  if (dialog === undefined) throw new Error('no dialog');
  return dialog;
}

/** A server transaction as the layer makes it. */
function received(bytes: Buffer): ServerTransaction {
  const network = new VirtualNetwork();
  const transactions: ServerTransaction[] = [];
  const layer = network.host('us', { onRequest: (tx) => transactions.push(tx) });
  layer.receive(bytes, FLOW);
  const [transaction] = transactions;
  if (transaction === undefined) throw new Error('refused');
  return transaction;
}

function uas(changes: Record<string, string> = {}): Dialog {
  const dialog = Dialog.uas(received(spoilt(changes)));
  if (dialog === undefined) throw new Error('no dialog');
  return dialog;
}

/** What the peer sends inside the dialog. */
function inDialog(dialog: Dialog, cseq: string, headers: Record<string, string> = {}): SipRequest {
  return createRequest({
    method: cseq.split(' ')[1] ?? '',
    uri: 'sip:us',
    headers: {
      from: `<sip:peer>;tag=${dialog.remoteTag}`,
      to: `<sip:us>;tag=${dialog.localTag}`,
      'call-id': dialog.callId,
      cseq,
      ...headers,
    },
  });
}

describe('the caller’s dialog', () => {
  it('is early from a provisional with a tag, and one of its own per To-tag', () => {
    const first = uac(answer(180, { contact: '<sip:a@phone1>' }, 't1'));
    const second = uac(answer(183, { contact: '<sip:a@phone2>' }, 't2'));
    expect(first.state).toBe('early');
    expect(isSameDialog(first, second)).toBe(false);
    expect(Dialog.uac(INVITE, createResponse(INVITE, { status: 180 }), FLOW)).toBeUndefined();
    expect(Dialog.uac(INVITE, answer(100, {}), FLOW)).toBeUndefined();
    expect(Dialog.uac(INVITE, answer(486, {}), FLOW)).toBeUndefined();
  });

  it('needs a Contact in the 2xx', () => {
    expect(Dialog.uac(INVITE, answer(200, {}), FLOW)).toBeUndefined();
    expect(Dialog.uac(INVITE, answer(200, { contact: '*' }), FLOW)).toBeUndefined();
  });

  it('reverses Record-Route, and freezes route set and target at the 2xx', () => {
    const routes = { 'record-route': ['<sip:p1;lr>, <sip:p2;lr>', '<sip:p3;lr>'] };
    const dialog = uac(answer(180, { contact: '<sip:a@early>' }));
    dialog.receiveResponse(answer(200, { contact: '<sip:a@final>', ...routes }));
    expect(dialog.state).toBe('confirmed');
    expect(dialog.routeSet).toEqual(['<sip:p3;lr>', '<sip:p2;lr>', '<sip:p1;lr>']);
    dialog.receiveResponse(
      answer(200, { contact: '<sip:evil@late>', 'record-route': '<sip:e;lr>' }),
    );
    expect(dialog.remoteTarget).toBe('sip:a@final');
    expect(dialog.routeSet).toHaveLength(3);
    const bye = dialog.request('BYE');
    expect(bye.uri).toBe('sip:a@final');
    expect(bye.headers('route')).toEqual(['<sip:p3;lr>', '<sip:p2;lr>', '<sip:p1;lr>']);
  });

  it('numbers its requests on, and its ACK like the INVITE', () => {
    const dialog = uac(answer(200, { contact: '<sip:a@phone>' }));
    expect(dialog.ack(5).header('cseq')).toBe('5 ACK');
    expect(dialog.request('INVITE').header('cseq')).toBe('6 INVITE');
    expect(dialog.request('BYE').header('cseq')).toBe('7 BYE');
    expect(dialog.ack(6, { body: Buffer.from('x') }).body.toString()).toBe('x');
    expect(dialog.request('INFO').header('from')).toBe('Alice <sip:101@acme.test>;tag=mine');
    expect(dialog.request('INFO').header('to')).toBe('<sip:102@acme.test>;tag=theirs');
  });

  it('speaks to a strict router as RFC 3261 §12.2.1.1 asks', () => {
    const dialog = uac(
      answer(200, { contact: '<sip:a@phone>', 'record-route': ['<sip:p1;lr>', '<sip:strict>'] }),
    );
    const bye = dialog.request('BYE');
    expect(bye.uri).toBe('sip:strict');
    expect(bye.headers('route')).toEqual(['<sip:p1;lr>', '<sip:a@phone>']);
  });

  it('takes a new target from the 2xx to a re-INVITE of ours', () => {
    const dialog = uac(answer(200, { contact: '<sip:a@phone>' }));
    dialog.refreshTarget(answer(200, { contact: '<sip:a@moved>' }));
    expect(dialog.request('BYE').uri).toBe('sip:a@moved');
  });
});

describe('the callee’s dialog', () => {
  it('keeps Record-Route in order, and starts numbering for itself', () => {
    const dialog = uas({ 'record-route': 'Record-Route: <sip:p1;lr>, <sip:p2;lr>' });
    dialog.confirm();
    const bye = dialog.request('BYE');
    expect(bye.headers('route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(bye.uri).toBe('sip:101@192.0.2.1:5060');
    expect(bye.header('cseq')).toBe('1 BYE');
    expect(bye.fromTag).toBe(dialog.localTag);
    expect(bye.toTag).toBe('1928301774');
    // And it can go out.
    expect(readRequest(serialize(bye, 'SIP/2.0/UDP us;branch=z9hG4bKx')).method).toBe('BYE');
  });

  it('is not made of an INVITE without one usable Contact', () => {
    for (const contact of ['Contact: *', 'Contact: <tel:+1>', 'Contact: <sip:a@b>, <sip:c@d>']) {
      expect(Dialog.uas(received(spoilt({ contact })))).toBeUndefined();
    }
  });

  it('refuses a request that is older than the last, and any after its end', () => {
    const dialog = uas();
    expect(dialog.receiveRequest(inDialog(dialog, '314160 INFO'))).toEqual({ ok: true });
    expect(dialog.receiveRequest(inDialog(dialog, '314159 INFO'))).toMatchObject({ status: 500 });
    expect(dialog.receiveRequest(inDialog(dialog, '400000 INFO'))).toEqual({ ok: true });
    dialog.end();
    expect(dialog.receiveRequest(inDialog(dialog, '400001 BYE'))).toMatchObject({ status: 481 });
  });

  it('moves its target by re-INVITE and UPDATE, never by INFO or a broken Contact', () => {
    const dialog = uas();
    const contact = '<sip:101@moved:5080;transport=tcp>';
    dialog.receiveRequest(inDialog(dialog, '314160 INFO', { contact: '<sip:evil>' }));
    expect(dialog.remoteTarget).toBe('sip:101@192.0.2.1:5060');
    dialog.receiveRequest(inDialog(dialog, '314161 UPDATE', { contact }));
    expect(dialog.remoteTarget).toBe('sip:101@moved:5080;transport=tcp');
    const broken = inDialog(dialog, '314162 INVITE', { contact: 'nonsense' });
    expect(dialog.receiveRequest(broken)).toMatchObject({ status: 400 });
    expect(dialog.remoteTarget).toBe('sip:101@moved:5080;transport=tcp');
  });
});

describe('a dialog', () => {
  it('goes on after a crash from its JSON as if nothing had happened', () => {
    const dialog = uac(
      answer(200, { contact: '<sip:a@phone>', 'record-route': ['<sip:p1;lr>', '<sip:p2;lr>'] }),
    );
    dialog.request('INFO');
    dialog.receiveRequest(inDialog(dialog, '77 INFO'));
    const restored = Dialog.restore(JSON.parse(JSON.stringify(dialog.snapshot())));
    expect(restored.snapshot()).toEqual(dialog.snapshot());
    expect(serialize(restored.request('BYE'))).toEqual(serialize(dialog.request('BYE')));
    expect(restored.receiveRequest(inDialog(dialog, '76 INFO'))).toMatchObject({ status: 500 });
  });

  it('is found by the messages that belong to it, and by no others', () => {
    const caller = uac(answer(200, { contact: '<sip:a@phone>' }));
    const isIts = (headers: Record<string, string>): boolean =>
      isSameDialog(caller, requestDialogId(inDialog(caller, '1 BYE', headers)));
    expect(isIts({})).toBe(true);
    expect(isIts({ to: '<sip:us>;tag=guess' })).toBe(false);
    expect(isIts({ from: '<sip:a@phone>;tag=guess' })).toBe(false);
    expect(isIts({ 'call-id': 'guess' })).toBe(false);
  });
});
