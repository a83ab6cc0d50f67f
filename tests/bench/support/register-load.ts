import { type LoadJob, LoadLoop, type LoadResult, type Slot } from './load';
import { between, digestFor, type LoadPhone, loadPhones, statusOf } from './load-messages';
import { type LoadSocket, openLoadSocket } from './load-socket';

interface RegisterSlot extends Slot {
  phone: LoadPhone;
  askedMs: number;
}

/** Phones that register from a socket, which hands them the responses that it gets. */
export interface RegisteringPhones {
  receive(text: string, receivedMs: number): void;
  run(): Promise<LoadResult>;
}

/** REGISTER → 401 → REGISTER with digest → 200, phone after phone: the digest cycle of the facts. */
export function registeringPhones(
  job: LoadJob,
  socket: Pick<LoadSocket, 'port' | 'send' | 'kind'>,
): RegisteringPhones {
  const phones = loadPhones(job.phones);
  const digest = digestFor(job.phones.domain, 'REGISTER');
  const boot = Date.now().toString(36);
  let next = 0;
  let cseq = 1;
  const nextPhone = (): LoadPhone => {
    const phone = phones[next];
    next = (next + 1) % phones.length;
    if (phone === undefined) throw new Error('no phones');
    return phone;
  };
  const send = (slot: RegisterSlot, authorization: string): void => {
    const { number, address } = slot.phone;
    const stage = authorization === '' ? 'a' : 'b';
    cseq += 1;
    const text =
      `REGISTER sip:${job.phones.domain} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.port};branch=z9hG4bK-${stage}.${slot.index}.${slot.serial}.${boot};rport\r\n` +
      `Max-Forwards: 70\r\nFrom: <${address}>;tag=${slot.serial}\r\nTo: <${address}>\r\n` +
      `Call-ID: ${number}.${boot}@bench\r\nCSeq: ${cseq} REGISTER\r\n` +
      `Contact: <sip:${number}@127.0.0.1:${socket.port}>\r\nExpires: 3600\r\n` +
      `User-Agent: Bench phone\r\n${authorization}Content-Length: 0\r\n\r\n`;
    socket.send(text, (sentMs) => {
      slot.askedMs = sentMs;
    });
  };
  const loop = new LoadLoop<RegisterSlot>(job, {
    newSlot: (index) => ({ index, serial: 0, begunMs: 0, askedMs: 0, phone: nextPhone() }),
    begin(slot) {
      slot.phone = nextPhone();
      send(slot, '');
    },
  });
  const receive = (text: string, receivedMs: number): void => {
    const status = statusOf(text);
    if (status < 200) return;
    const [stage, index, serial] = between(text, 'z9hG4bK-', ';').split('.');
    const slot = loop.slotOf(Number(index), Number(serial));
    if (slot === undefined) return;
    if (status === 200) loop.succeeded(slot, receivedMs - slot.askedMs);
    else if (status === 401 && stage === 'a') {
      send(slot, digest(slot.phone, between(text, 'nonce="', '"'), boot));
    } else if (status === 401 && text.includes('stale=true')) {
      send(slot, digest(slot.phone, between(text, 'nonce="', '"'), boot));
    } else loop.failed(slot, status);
  };
  return { receive, run: () => loop.run(socket.kind) };
}

/** The same with a socket of their own. */
export async function runRegisterLoad(job: LoadJob): Promise<LoadResult> {
  const socket: LoadSocket = await openLoadSocket(
    job.target,
    (text, receivedMs) => phones.receive(text, receivedMs),
    job.port,
  );
  const phones = registeringPhones(job, socket);
  const result = await phones.run();
  await socket.close();
  return result;
}
