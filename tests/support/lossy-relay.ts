import { createSocket, type Socket } from 'node:dgram';

/** What becomes of a packet. */
export type Fate = 'pass' | 'drop' | 'twice' | { readonly delayMs: number };

/** One packet on its way. */
export interface RelayedPacket {
  readonly direction: 'toSwitch' | 'fromSwitch';
  readonly text: string;
}

/**
 * A bad network between phones and the switch: each phone that sends to it gets a socket of its own
 * towards the switch, and `fate` decides about every packet.
 */
export class LossyRelay {
  private readonly socket: Socket;
  private readonly upstream = new Map<string, Socket>();
  private readonly target: { readonly host: string; readonly port: number };
  private readonly fate: (packet: RelayedPacket) => Fate;
  private readonly waiting = new Set<NodeJS.Timeout>();

  private constructor(socket: Socket, target: string, fate: (packet: RelayedPacket) => Fate) {
    const at = target.lastIndexOf(':');
    this.socket = socket;
    this.target = { host: target.slice(0, at), port: Number(target.slice(at + 1)) };
    this.fate = fate;
    socket.on('message', (bytes, from) => {
      const out = this.upstreamOf(from.address, from.port);
      this.relay({ direction: 'toSwitch', text: bytes.toString('latin1') }, () =>
        out.send(bytes, this.target.port, this.target.host),
      );
    });
  }

  /** Opens it in front of "address:port". */
  static async open(target: string, fate: (packet: RelayedPacket) => Fate): Promise<LossyRelay> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new LossyRelay(socket, target, fate);
  }

  /** Where phones send to. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  close(): void {
    for (const timer of this.waiting) clearTimeout(timer);
    for (const socket of [this.socket, ...this.upstream.values()]) socket.close();
    this.upstream.clear();
  }

  private upstreamOf(address: string, port: number): Socket {
    const key = `${address}:${port}`;
    const known = this.upstream.get(key);
    if (known) return known;
    const socket = createSocket('udp4');
    socket.on('message', (bytes) => {
      this.relay({ direction: 'fromSwitch', text: bytes.toString('latin1') }, () =>
        this.socket.send(bytes, port, address),
      );
    });
    this.upstream.set(key, socket);
    return socket;
  }

  private relay(packet: RelayedPacket, send: () => void): void {
    const fate = this.fate(packet);
    if (fate === 'drop') return;
    if (typeof fate === 'object') {
      const timer = setTimeout(() => {
        this.waiting.delete(timer);
        send();
      }, fate.delayMs);
      this.waiting.add(timer);
      return;
    }
    send();
    if (fate === 'twice') send();
  }
}

/** Drops the first `count` packets that fit, in one direction. */
export function losing(
  direction: RelayedPacket['direction'],
  fits: RegExp,
  count = 1,
): { fate: (packet: RelayedPacket) => Fate; lost: () => number } {
  let lost = 0;
  return {
    fate: (packet) => {
      if (packet.direction !== direction || lost >= count || !fits.test(packet.text)) return 'pass';
      lost += 1;
      return 'drop';
    },
    lost: () => lost,
  };
}
