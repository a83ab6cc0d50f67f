import type { Clock } from '@/lib/core/clock';
import type { Endpoint } from './endpoint';
import type { MediaAddress } from './latch';
import type { WorkerUsage } from './messages';
import { PortPool } from './port-pool';
import type { OpenMediaSocket } from './udp-socket';

/** Ports that somebody else holds are passed over, so many times. */
const MAX_BIND_TRIES = 16;

export interface PortsOptions {
  readonly address: string;
  readonly portMin: number;
  readonly portMax: number;
  readonly quarantineMs: number;
  readonly restingPorts: readonly number[];
  readonly clock: Clock;
  readonly randomBelow: (bound: number) => number;
  readonly openSocket: OpenMediaSocket;
}

/** What becomes of that which comes in on an endpoint's ports. */
export interface PortListener {
  onRtp(endpoint: Endpoint, packet: Uint8Array, from: MediaAddress): void;
  onRtcp(endpoint: Endpoint, packet: Uint8Array, from: MediaAddress): void;
  /** One packet's fault must not end everybody's calls. */
  onFault(error: unknown): void;
}

/** The port pairs of a worker's endpoints: opened, listened to, closed, at rest. */
export class Ports {
  private readonly options: PortsOptions;
  private readonly listener: PortListener;
  private readonly pool: PortPool;

  constructor(options: PortsOptions, listener: PortListener) {
    this.options = options;
    this.listener = listener;
    this.pool = new PortPool({
      min: options.portMin,
      max: options.portMax,
      quarantineMs: options.quarantineMs,
      monotonicMs: () => options.clock.monotonicMs(),
      randomBelow: options.randomBelow,
    });
    this.pool.restFirst(options.restingPorts);
  }

  get usage(): Omit<WorkerUsage, 'endpoints'> {
    const { inUse, quarantined, free } = this.pool;
    return { inUse, quarantined, free };
  }

  /** Gives an endpoint a pair; resolves to its RTP port, or to why there is none. */
  async open(endpoint: Endpoint): Promise<number | string> {
    let reason = 'every port pair is in use';
    for (let tries = 0; tries < MAX_BIND_TRIES && !endpoint.isReleased; tries += 1) {
      const port = this.pool.take();
      if (port === null) break;
      try {
        await this.openPair(endpoint, port);
        return port;
      } catch (error) {
        // Held by another program, most likely: it rests like a used one.
        endpoint.closeSockets();
        this.pool.giveBack(port);
        reason = `port ${port} can't be opened: ${error instanceof Error ? error.message : error}`;
      }
    }
    return endpoint.isReleased ? 'released' : reason;
  }

  /** Closes an endpoint's pair; one that is still being opened is given back by whoever opens it. */
  close(endpoint: Endpoint): void {
    endpoint.closeSockets();
    if (endpoint.port !== 0) this.pool.giveBack(endpoint.port);
  }

  private async openPair(endpoint: Endpoint, port: number): Promise<void> {
    const { listener } = this;
    const { openSocket, address } = this.options;
    // Written out twice: a common wrapper would be a call to somewhere else for each packet.
    const onRtp = (packet: Uint8Array, from: MediaAddress): void => {
      try {
        listener.onRtp(endpoint, packet, from);
      } catch (error) {
        listener.onFault(error);
      }
    };
    const onRtcp = (packet: Uint8Array, from: MediaAddress): void => {
      try {
        listener.onRtcp(endpoint, packet, from);
      } catch (error) {
        listener.onFault(error);
      }
    };
    endpoint.rtp = await openSocket({ address, port, onPacket: onRtp });
    endpoint.rtcp = await openSocket({ address, port: port + 1, onPacket: onRtcp });
    if (endpoint.isReleased) throw new Error('released');
    endpoint.port = port;
  }
}
