import type { TypePairs } from '@/lib/protocol/sdp/match-formats';
import type { Playback } from '@/lib/switch/media/sound';
import type { CaptureEnd } from './capture-file';
import type { CaptureStep } from './captures';
import type { EndpointSecurity } from './endpoint-security';
import type { Expectation, MediaAddress } from './latch';
import type { VoicePlan } from './path-plan';

/** Gate states as they lie in memory shared between the engine and its workers. */
export const GATE_EARLY = 0;
export const GATE_OPEN = 1;
export const GATE_CLOSED = 2;

/** No codec fills an Ethernet frame; what is larger is no voice. */
export const MAX_PACKET_BYTES = 1_500;

/** What a worker is born with. */
export interface WorkerSetup {
  /** An Int32Array; a session's gate lies at its slot, so closing it waits for no message. */
  readonly gates: SharedArrayBuffer;
  readonly address: string;
  /** Whether UDP may go by the native fast path. */
  readonly isNative: boolean;
  readonly portMin: number;
  readonly portMax: number;
  readonly quarantineMs: number;
  readonly inactivityTimeoutMs: number;
  /** RTP ports that a predecessor used when it crashed. */
  readonly restingPorts: readonly number[];
}

/** What a payload type means, as its sender numbers it. */
export interface TypeMeaning {
  readonly payloadType: number;
  readonly name: string;
  /** 0 for keys and noise, which have no part in jitter and are not the leg's codec. */
  readonly clockRateHz: number;
}

/** How an endpoint is to treat its leg's media. */
export interface EndpointConfig {
  readonly peerId: number | null;
  /** The leg's negotiated direction. */
  readonly maySend: boolean;
  readonly mayReceive: boolean;
  /** Null = as it was: nothing new was said of where media comes from. */
  readonly expectation: Expectation | null;
  /** From the leg's numbers to its peer's; absent ones stay as they are. */
  readonly renumber: TypePairs;
  readonly types: readonly TypeMeaning[];
  /** Absent = all that the leg sends passes as it is. */
  readonly voice?: VoicePlan | undefined;
  /** Null = plain RTP. */
  readonly security: EndpointSecurity | null;
}

export type ToWorker =
  | {
      readonly type: 'bind';
      readonly endpointId: number;
      readonly gateSlot: number;
      readonly isCaller: boolean;
    }
  | { readonly type: 'configure'; readonly endpointId: number; readonly config: EndpointConfig }
  | { readonly type: 'query'; readonly requestId: number; readonly endpointIds: readonly number[] }
  /** Like query, and the endpoints are gone. */
  | {
      readonly type: 'release';
      readonly requestId: number;
      readonly endpointIds: readonly number[];
    }
  | { readonly type: 'usage'; readonly requestId: number }
  /** Something that the leg hears in place of its peer; it takes the place of what it hears so far. */
  | {
      readonly type: 'play';
      readonly endpointId: number;
      readonly playbackId: number;
      readonly playback: Playback;
    }
  | { readonly type: 'stopPlaying'; readonly endpointId: number }
  /** What legs say is to be kept, or not any more. */
  | { readonly type: 'capture'; readonly capture: CaptureStep }
  /** A key that the leg pressed by other means than its media. */
  | {
      readonly type: 'press';
      readonly endpointId: number;
      readonly digit: string;
      readonly durationMs: number;
    };

/** An endpoint's figures; the engine adds what it knows of the leg. */
export interface EndpointFigures {
  readonly endpointId: number;
  readonly codec: string | null;
  readonly remote: MediaAddress | null;
  readonly received: {
    readonly packets: number;
    readonly octets: number;
    readonly lost: number;
    readonly jitterMs: number;
    readonly lastPacketAtMs: number | null;
  };
  readonly sent: { readonly packets: number; readonly octets: number };
  readonly reported: {
    readonly lostFraction: number;
    readonly lost: number;
    readonly jitterMs: number;
  } | null;
  readonly roundTripMs: number | null;
  readonly dropped: {
    readonly foreign: number;
    readonly unauthentic: number;
    readonly invalid: number;
    readonly gated: number;
    readonly unroutable: number;
    readonly excess: number;
  };
}

/** A worker's port pairs and endpoints. */
export interface WorkerUsage {
  readonly endpoints: number;
  readonly inUse: number;
  readonly quarantined: number;
  readonly free: number;
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'bound'; readonly endpointId: number; readonly port: number }
  | { readonly type: 'unbound'; readonly endpointId: number; readonly reason: string }
  | {
      readonly type: 'figures';
      readonly requestId: number;
      readonly figures: readonly EndpointFigures[];
    }
  | { readonly type: 'usage'; readonly requestId: number; readonly usage: WorkerUsage }
  | {
      readonly type: 'inactive';
      readonly endpointId: number;
      readonly gateSlot: number;
      readonly silentMs: number;
      readonly sessionSilent: boolean;
    }
  /** A key was pressed on a leg. */
  | {
      readonly type: 'digit';
      readonly endpointId: number;
      readonly gateSlot: number;
      readonly digit: string;
    }
  /** What was played to a leg has come to its end. */
  | {
      readonly type: 'played';
      readonly endpointId: number;
      readonly gateSlot: number;
      readonly playbackId: number;
    }
  /** A capture is written to its end. */
  | { readonly type: 'captured'; readonly end: CaptureEnd }
  /** A packet upset the relay: a defect of ours, told at most once a second. */
  | { readonly type: 'fault'; readonly error: string };
