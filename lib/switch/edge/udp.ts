import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { Logger } from '@/lib/infra/log';
import type { Endpoint, Flow } from '@/lib/protocol/sip/transport';
import type { Intake } from './intake';
import type { ListenAddress } from './types';

/** What a burst of re-registrations after a power cut needs; the kernel may give less. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** Shorter than any SIP message: keep-alives of phones (CRLF, NULs) and noise. */
const SHORTEST_MESSAGE_BYTES = 16;

/** Addresses only: a name would mean a DNS query per packet. */
function lookUp(
  host: string,
  _options: unknown,
  done: (error: Error | null, address: string, family: number) => void,
): void {
  const family = isIP(host);
  done(family === 0 ? new Error(`not an address: ${host}`) : null, host, family);
}

/** One UDP socket. */
export class UdpListener {
  private readonly intake: Intake;
  private readonly log: Logger;
  private socket: Socket | undefined;
  private local: Endpoint = { address: '', port: 0 };

  constructor(options: { intake: Intake; log: Logger }) {
    this.intake = options.intake;
    this.log = options.log;
  }

  /** What it is bound to; undefined before and after. */
  get address(): Endpoint | undefined {
    return this.socket === undefined ? undefined : this.local;
  }

  async start(listen: ListenAddress): Promise<void> {
    const type = isIP(listen.host) === 6 ? 'udp6' : 'udp4';
    const socket = createSocket({ type, lookup: lookUp });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(listen.port, listen.host, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    socket.on('error', (error) => this.log.error('edge.udp', { error }));
    socket.on('message', (bytes, from) => this.receive(bytes, from));
    this.enlargeBuffers(socket);
    this.local = { address: listen.host, port: socket.address().port };
    this.socket = socket;
  }

  send(bytes: Buffer, remote: Endpoint): boolean {
    if (this.socket === undefined) return false;
    this.intake.counts.sent += 1;
    this.intake.counts.bytesSent += bytes.length;
    this.socket.send(bytes, remote.port, remote.address, this.onSent);
    return true;
  }

  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  // One function for all packets; an error is the network's, the transaction's timers deal with it.
  private readonly onSent = (error: Error | null): void => {
    if (error === null) return;
    this.intake.counts.sendFailures += 1;
    this.log.debug('edge.udp.send', { error });
  };

  private receive(bytes: Buffer, from: RemoteInfo): void {
    if (!this.intake.admits(from.address)) return;
    if (bytes.length < SHORTEST_MESSAGE_BYTES) {
      this.intake.counts.droppedMalformed += 1;
      return;
    }
    const flow: Flow = {
      transport: 'udp',
      local: this.local,
      remote: { address: from.address, port: from.port },
      connectionId: undefined,
    };
    this.intake.accept(bytes, flow);
  }

  private enlargeBuffers(socket: Socket): void {
    try {
      socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
    } catch (error) {
      this.log.warn('edge.udp.buffers', { error });
    }
  }
}
