import type { Logger } from '@/lib/infra/log';
import type {
  DatagramBatch,
  DatagramBinding,
  DatagramSocket,
} from '@/lib/protocol/native/datagrams';
import type { NativeDatagramFactory } from '@/lib/protocol/native/native-datagrams';
import { openPlainDatagrams } from '@/lib/protocol/native/plain-datagrams';
import type { Endpoint, Flow } from '@/lib/protocol/sip/transport';
import { answerBindingRequest, isStun } from '@/lib/protocol/stun/binding-request';
import type { BusyPolling } from './busy-polling';
import type { Intake } from './intake';
import type { EdgeOptions, ListenAddress } from './types';

/** What a burst of re-registrations after a power cut needs; the kernel may give less. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** Shorter than any SIP message: keep-alives of phones (CRLF, NULs) and noise. */
const SHORTEST_MESSAGE_BYTES = 16;

/** No other method that phones send begins with an R but REFER. */
const FIRST_OF_REGISTER = 0x52;

/** Flows whose object is kept for the next message; a power of two. */
const KEPT_FLOWS = 4_096;

/**
 * The flows of a socket, one object for as long as its phone speaks: a message has none of its own,
 * and neither has each call and dialog. A flow has one place, taken by the last that falls there.
 */
class UdpFlows {
  private readonly kept: (Flow | undefined)[] = new Array<undefined>(KEPT_FLOWS).fill(undefined);

  of(local: Endpoint, { address, port }: Endpoint): Flow {
    const place =
      (port * 31 + address.length * 7 + address.charCodeAt(address.length - 1)) & (KEPT_FLOWS - 1);
    const known = this.kept[place];
    const isSame = known?.remote.port === port && known.remote.address === address;
    if (isSame && known.local === local) return known;
    const flow: Flow = {
      transport: 'udp',
      local,
      remote: { address, port },
      connectionId: undefined,
    };
    this.kept[place] = flow;
    return flow;
  }
}

/** What a UDP listener stands on. */
export interface UdpOptions {
  readonly intake: Intake;
  /** Undefined where the processor is wanted by others. */
  readonly polling?: BusyPolling | undefined;
  readonly log: Logger;
  /** The fast path; without it the sockets of node:dgram. */
  readonly native?: NativeDatagramFactory | undefined;
  readonly express?: EdgeOptions['express'];
}

/** One UDP socket. */
export class UdpListener {
  private readonly options: UdpOptions;
  private socket: DatagramSocket | undefined;
  private local: Endpoint = { address: '', port: 0 };
  private readonly flows = new UdpFlows();

  constructor(options: UdpOptions) {
    this.options = options;
  }

  /** What it is bound to; undefined before and after. */
  get address(): Endpoint | undefined {
    return this.socket === undefined ? undefined : this.local;
  }

  async start(listen: ListenAddress): Promise<void> {
    const { native, log } = this.options;
    const binding: DatagramBinding = {
      address: listen.host,
      port: listen.port,
      bufferBytes: SOCKET_BUFFER_BYTES,
    };
    const handlers = {
      onBatch: (batch: DatagramBatch) => this.receive(batch),
      onSendFailure: (error: unknown) => this.sendFailed(error),
    };
    const socket = native?.open(binding, handlers) ?? (await openPlainDatagrams(binding, handlers));
    this.local = { address: listen.host, port: socket.port };
    this.socket = socket;
    log.info('edge.udp', { ...this.local, sockets: socket.kind });
  }

  send(bytes: Buffer, remote: Endpoint): boolean {
    if (this.socket === undefined || !this.socket.send(bytes, remote)) return false;
    this.options.intake.counts.sent += 1;
    this.options.intake.counts.bytesSent += bytes.length;
    return true;
  }

  async stop(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    await socket?.close();
  }

  /** Whether the express lane had an answer; see EdgeOptions.express. */
  private answeredAtOnce(batch: DatagramBatch, index: number, remote: Endpoint): boolean {
    const { intake, express } = this.options;
    const { slab } = batch;
    const start = batch.offsetOf(index);
    if (express === undefined || slab[start] !== FIRST_OF_REGISTER) return false;
    intake.deliver();
    const end = start + batch.lengthOf(index);
    const answer = express({ bytes: slab, start, end, local: this.local, remote });
    if (answer === undefined) return false;
    intake.counts.received += 1;
    intake.counts.bytesReceived += end - start;
    if (this.socket?.sendCopy(answer, remote)) {
      intake.counts.sent += 1;
      intake.counts.bytesSent += answer.length;
    }
    return true;
  }

  private sendFailed(error: unknown): void {
    this.options.intake.counts.sendFailures += 1;
    this.options.log.debug('edge.udp.send', { error });
  }

  private receive(batch: DatagramBatch): void {
    const { intake, polling } = this.options;
    polling?.arrived(batch.count);
    for (let index = 0; index < batch.count; index += 1) {
      const remote = batch.remoteOf(index);
      if (!intake.admits(remote.address)) continue;
      if (batch.lengthOf(index) < SHORTEST_MESSAGE_BYTES) {
        intake.counts.droppedMalformed += 1;
        continue;
      }
      if (this.answeredAtOnce(batch, index, remote)) continue;
      const bytes = batch.bytesOf(index);
      if (isStun(bytes)) {
        // RFC 5626 §4.4.2: how a phone keeps its flow open.
        const reply = answerBindingRequest(bytes, remote);
        if (reply !== undefined) this.send(reply, remote);
        continue;
      }
      intake.accept(bytes, this.flows.of(this.local, remote));
    }
    // Many came together already: nothing is gained by waiting for more.
    if (batch.count > 1) intake.deliver();
  }
}
