import { type LoadJob, LoadLoop, type LoadResult, type Slot } from './load';
import {
  between,
  copiedLines,
  digestFor,
  type LoadPhone,
  loadPhones,
  statusOf,
} from './load-messages';
import { type LoadSocket, openLoadSocket } from './load-socket';
import { registeringPhones } from './register-load';

interface CallSlot extends Slot {
  caller: LoadPhone;
  callee: LoadPhone;
  askedMs: number;
  tookMs: number;
  stage: 'asked' | 'authorised' | 'talking' | 'ending';
  /** Of the 200: where ACK and BYE go, and by which route. */
  target: string;
  route: string;
  to: string;
}

const COPIED = ['Via:', 'From:', 'To:', 'Call-ID:', 'CSeq:', 'Record-Route:', 'v:', 'f:', 't:'];

const SDP = (port: number): string =>
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  `m=audio ${port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n` +
  'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n';

/**
 * Every phone, registered and ready: 180, then 200 to every INVITE; 200 to every BYE. Loads of one
 * server that follow each other have them at one port, or each phone would have a contact more each
 * time, and every call would ring at those that are gone as well.
 * `onTurn` is told how long a phone took over an INVITE of whose.
 */
async function openCallees(
  job: LoadJob,
  onTurn: (caller: string, tookMs: number) => void,
): Promise<LoadSocket> {
  let tag = 0;
  const onText = (text: string, receivedMs: number): void => {
    if (statusOf(text) > 0) {
      registering.receive(text, receivedMs);
      return;
    }
    const isInvite = text.startsWith('INVITE ');
    if (!isInvite && !text.startsWith('BYE ')) return;
    const copied = copiedLines(text, COPIED);
    if (!isInvite) {
      socket.send(`SIP/2.0 200 OK\r\n${copied}Content-Length: 0\r\n\r\n`);
      return;
    }
    tag += 1;
    const tagged = copied.replace(/^(To:[^\r]*)/m, `$1;tag=callee${tag}`);
    const contact = `Contact: <sip:callee@127.0.0.1:${socket.port}>\r\n`;
    const body = SDP(40_002);
    const caller = between(between(text, '\r\nFrom: ', '\r\n'), 'sip:', '@');
    socket.send(`SIP/2.0 180 Ringing\r\n${tagged}${contact}Content-Length: 0\r\n\r\n`);
    socket.send(
      `SIP/2.0 200 OK\r\n${tagged}${contact}Content-Type: application/sdp\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
      (sentMs) => onTurn(caller, sentMs - receivedMs),
    );
  };
  const socket: LoadSocket = await openLoadSocket(job.target, onText, job.port);
  const inFlight = 50;
  const registering = registeringPhones(
    {
      ...job,
      inFlight,
      perSecond: null,
      warmUpMs: 0,
      measuredMs: 60_000,
      total: job.phones.count + inFlight,
    },
    socket,
  );
  await registering.run();
  return socket;
}

/** The calling phones: what they say next. */
class Callers {
  private readonly job: LoadJob;
  private readonly port: number;
  private readonly boot = Date.now().toString(36);

  constructor(job: LoadJob, port: number) {
    this.job = job;
    this.port = port;
  }

  request(
    slot: CallSlot,
    what: { method: string; stage: string; cseq: number; more: string },
  ): string {
    const { method, stage, cseq, more } = what;
    const inDialog = slot.target !== '';
    const uri = inDialog ? slot.target : slot.callee.address;
    const to = inDialog ? slot.to : `<${slot.callee.address}>`;
    const body = method === 'INVITE' ? SDP(40_000) : '';
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
    const mark = this.job.authenticate ? 'X-Bench: authenticate\r\n' : '';
    return (
      `${method} ${uri} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK-${stage}.${slot.index}.${slot.serial}.${this.boot};rport\r\n` +
      `Max-Forwards: 70\r\n${slot.route}From: <${slot.caller.address}>;tag=${slot.serial}\r\nTo: ${to}\r\n` +
      `Call-ID: ${slot.index}.${slot.serial}.${this.boot}@bench\r\nCSeq: ${cseq} ${method}\r\n` +
      `Contact: <sip:${slot.caller.number}@127.0.0.1:${this.port}>\r\nUser-Agent: Bench phone\r\n` +
      `${mark}${more}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    );
  }

  /** The ACK of a refusal is of its transaction: same branch, same Request-URI. */
  acknowledge(slot: CallSlot, response: string, stage: string): string {
    const to = between(response, '\r\nTo: ', '\r\n');
    const text = this.request(slot, {
      method: 'ACK',
      stage,
      cseq: stage === 'a' ? 1 : 2,
      more: '',
    });
    return text.replace(/\r\nTo: [^\r]*/, `\r\nTo: ${to}`);
  }
}

/** Calls from phone to phone: INVITE (challenged) … 180, 200, ACK, BYE, 200. */
export async function runCallLoad(job: LoadJob): Promise<LoadResult> {
  const phones = loadPhones(job.phones);
  const digest = digestFor(job.phones.domain, 'INVITE');
  /** How long the phone that a caller called took to answer: none of the server's time. */
  const turns = new Map<string, number>();
  const callees = await openCallees(job, (caller, tookMs) => turns.set(caller, tookMs));
  let next = 0;
  const phoneAt = (index: number): LoadPhone => {
    const phone = phones[index % phones.length];
    if (phone === undefined) throw new Error('no phones');
    return phone;
  };
  const socket: LoadSocket = await openLoadSocket(job.target, (text, receivedMs) =>
    receive(text, receivedMs),
  );
  const callers = new Callers(job, socket.port);
  const invite = (slot: CallSlot, said: { stage: string; cseq: number; more: string }): void => {
    socket.send(callers.request(slot, { method: 'INVITE', ...said }), (sentMs) => {
      slot.askedMs = sentMs;
    });
  };
  const loop = new LoadLoop<CallSlot>(job, {
    newSlot: (index) => ({
      index,
      serial: 0,
      begunMs: 0,
      askedMs: 0,
      tookMs: 0,
      stage: 'asked',
      caller: phoneAt(index),
      callee: phoneAt(index + 1),
      target: '',
      route: '',
      to: '',
    }),
    begin(slot) {
      next += 1;
      slot.caller = phoneAt(next);
      slot.callee = phoneAt(next + Math.floor(phones.length / 2));
      Object.assign(slot, { stage: 'asked', target: '', route: '' });
      invite(slot, { stage: 'a', cseq: 1, more: '' });
    },
  });
  const hangUp = (slot: CallSlot): void => {
    slot.stage = 'ending';
    socket.send(callers.request(slot, { method: 'BYE', stage: 'd', cseq: 3, more: '' }));
  };
  const answered = (slot: CallSlot, text: string, receivedMs: number): void => {
    if (slot.stage === 'talking' || slot.stage === 'ending') return;
    const turnMs = turns.get(slot.caller.number);
    if (turnMs === undefined) throw new Error(`nobody was called by ${slot.caller.number}`);
    slot.tookMs = receivedMs - slot.askedMs - turnMs;
    slot.stage = 'talking';
    slot.target = between(text, '\r\nContact: <', '>');
    slot.to = between(text, '\r\nTo: ', '\r\n');
    const route = between(text, '\r\nRecord-Route: ', '\r\n');
    slot.route = route === '' ? '' : `Route: ${route}\r\n`;
    socket.send(callers.request(slot, { method: 'ACK', stage: 'c', cseq: 2, more: '' }));
    if (job.talkMs === 0) hangUp(slot);
    else {
      const { serial } = slot;
      setTimeout(() => loop.slotOf(slot.index, serial) && hangUp(slot), job.talkMs);
    }
  };
  const receive = (text: string, receivedMs: number): void => {
    const status = statusOf(text);
    if (status < 200) return;
    const [stage = '', index, serial] = between(text, 'z9hG4bK-', ';').split('.');
    const slot = loop.slotOf(Number(index), Number(serial));
    if (slot === undefined) return;
    if (stage === 'd') {
      if (status === 200) loop.succeeded(slot, slot.tookMs);
      else loop.failed(slot, status);
    } else if (status === 200) answered(slot, text, receivedMs);
    else {
      socket.send(callers.acknowledge(slot, text, stage));
      if (status === 401 && stage === 'a' && slot.stage === 'asked') {
        slot.stage = 'authorised';
        const more = digest(slot.caller, between(text, 'nonce="', '"'), `${slot.serial}`);
        invite(slot, { stage: 'b', cseq: 2, more });
      } else if (stage === 'b' || slot.stage === 'asked') loop.failed(slot, status);
    }
  };
  const result = await loop.run(socket.kind);
  await Promise.all([socket.close(), callees.close()]);
  return result;
}
