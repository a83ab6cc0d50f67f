import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const PATIENCE_MS = 2_000;

/** What somebody answered; status 0: nobody did. */
export interface ProbeAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request over UDP to "address:port", acknowledges a refusal, and gives the first answer. */
export async function probe(
  target: string,
  method: 'OPTIONS' | 'INVITE',
  patienceMs = PATIENCE_MS,
): Promise<ProbeAnswer> {
  const [host = '', port = ''] = target.split(':');
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const token = randomBytes(8).toString('hex');
    const via = `127.0.0.1:${socket.address().port}`;
    const send = (verb: string): void => {
      const lines = [
        `${verb} sip:102@acme.lab.test SIP/2.0`,
        `Via: SIP/2.0/UDP ${via};branch=z9hG4bK${token};rport`,
        'Max-Forwards: 70',
        `From: <sip:101@acme.lab.test>;tag=${token}`,
        'To: <sip:102@acme.lab.test>',
        `Contact: <sip:101@${via}>`,
        `Call-ID: ${token}`,
        `CSeq: 1 ${verb}`,
        'Content-Length: 0',
      ];
      socket.send(`${lines.join('\r\n')}\r\n\r\n`, Number(port), host);
    };
    const answer = new Promise<ProbeAnswer>((resolve) => {
      socket.once('message', (bytes) => {
        const text = bytes.toString('latin1');
        resolve({ status: Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0), text });
      });
      setTimeout(() => resolve({ status: 0, text: '' }), patienceMs).unref();
    });
    send(method);
    const first = await answer;
    if (method === 'INVITE' && first.status >= 300) send('ACK');
    return first;
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
