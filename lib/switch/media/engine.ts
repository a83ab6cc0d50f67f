import type { MediaRecorder } from './media-recorder';
import type { Playback } from './sound';

/**
 * What may pass between the legs of a session.
 * - `early`: the callee is heard, the caller is not (nothing is spoken before it is paid for).
 * - `open`: both are heard.
 * - `closed`: nothing passes. It stays closed: a session that was cut is never opened again.
 */
export type Gate = 'early' | 'open' | 'closed';

/** Something the owner of a session should know. Never more than 20 a second for a leg. */
export type MediaEvent =
  | {
      /**
       * A leg that should send (gate open, nobody on hold) has been silent for the timeout. Told
       * once; again only after it was heard in between.
       */
      readonly type: 'inactive';
      readonly sessionId: string;
      readonly legId: string;
      readonly silentMs: number;
      /** Nobody in the session was heard for the timeout: the call is dead, not just one side. */
      readonly sessionSilent: boolean;
    }
  | {
      /**
       * A key was pressed on a leg: told once, when it begins, whether it came as events or was
       * found in the sound (which is listened to only where somebody has a use for keys in it).
       */
      readonly type: 'digit';
      readonly sessionId: string;
      readonly legId: string;
      /** "0" to "9", "*", "#", "A" to "D". */
      readonly digit: string;
    }
  | {
      /** What was played to a leg has come to its end; not told of what was stopped or replaced. */
      readonly type: 'played';
      readonly sessionId: string;
      readonly legId: string;
      /** As `play` returned it. */
      readonly playbackId: number;
    }
  | {
      /** The session's media is gone for good (its worker ended). Only delete() is left to do. */
      readonly type: 'lost';
      readonly sessionId: string;
      readonly reason: string;
    };

/** A session to be: the media of one call, whatever legs it comes to have. */
export interface SessionStart {
  /** Unique while the session lives; the call's id. */
  readonly sessionId: string;
  /** The leg that the early gate keeps silent. */
  readonly callerLegId: string;
  /** Called on a later turn of the loop, never from within a verb. */
  readonly onEvent: (event: MediaEvent) => void;
}

/** What two legs may speak, by the trunks that they are on. */
export interface LegCodecs {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** How a leg's media is to be protected where nothing was agreed with it yet. */
export type LegProtection = 'plain' | 'sdes' | 'dtls';

/** An SDP on its way from one leg to another. */
export interface LegDescription {
  readonly sessionId: string;
  /** The leg that said it. */
  readonly fromLegId: string;
  /** The leg it is for. */
  readonly toLegId: string;
  /** The body as it came. */
  readonly sdp: Buffer;
  /**
   * First offers: voices (RTP names) that either leg may have, the preferred first; empty = all. It
   * holds for as long as the legs live.
   */
  readonly codecs?: LegCodecs | undefined;
  /** Where fromLeg's signalling comes from: media of a phone behind NAT is learned from there. */
  readonly signallingAddress: string;
  /** Whether fromLeg's signalling can't be read by others (TLS, WSS): only then are its keys taken. */
  readonly isSignallingSecure?: boolean | undefined;
  /** Offers to a leg that nothing was agreed with: how its media is to be protected; plain unless given. */
  readonly protection?: LegProtection | undefined;
  /**
   * Where fromLeg neither sends nor receives, toLeg is told that it may receive all the same: for what
   * is played to it.
   */
  readonly letsHearUs?: boolean | undefined;
  /**
   * Answers only. The two are not connected yet: toLeg hears fromLeg and goes on talking to whom it
   * talked, who is not heard meanwhile. It ends with a full answer, or with the end of fromLeg.
   */
  readonly isPreview?: boolean | undefined;
}

/** One of two legs of a session that both offered. */
export interface MeetingSide {
  readonly legId: string;
  /** Its offer as it came. */
  readonly sdp: Buffer;
  readonly signallingAddress: string;
  readonly isSignallingSecure?: boolean | undefined;
}

/** An offer that we answer ourselves. */
export interface HostedOffer extends MeetingSide {
  readonly sessionId: string;
  /** Voices that the leg may have, the preferred first; empty = all. */
  readonly codecs?: readonly string[] | undefined;
}

/** A key that a leg pressed by other means than its media (SIP INFO). */
export interface PressedKey {
  /** "0" to "9", "*", "#", "A" to "D". */
  readonly digit: string;
  readonly durationMs: number;
}

/** Two legs that both offered, and are to talk to each other. */
export interface Meeting {
  readonly sessionId: string;
  readonly one: MeetingSide;
  readonly other: MeetingSide;
}

/** What a leg received and sent, as seen from here. Counters only grow. */
export interface LegMediaStats {
  readonly legId: string;
  /** "PCMA/8000"; null before anything was agreed. What the leg last sent, else the first agreed. */
  readonly codec: string | null;
  /** "192.0.2.7:4000", where the leg's media comes from; null while nothing was heard. */
  readonly remote: string | null;
  /** Whether the leg's media is on hold, by either side. */
  readonly held: boolean;
  /**
   * RTP from the leg that was taken as its own; octets with headers. `lost` may be negative
   * (duplicates, RFC 3550 A.3).
   */
  readonly received: {
    readonly packets: number;
    readonly octets: number;
    readonly lost: number;
    readonly jitterMs: number;
    /** Unix milliseconds; null = never. */
    readonly lastPacketAtMs: number | null;
    /** What people would make of it (ITU-T G.107), 1 to 4.5; null = nothing heard, or unknown. */
    readonly mos: number | null;
  };
  /** RTP that was sent on to the leg. */
  readonly sent: { readonly packets: number; readonly octets: number };
  /** What the leg's last RTCP report says about what it hears; null = no report. */
  readonly reported: {
    readonly lostFraction: number;
    readonly lost: number;
    readonly jitterMs: number;
    /** The same of what it hears. */
    readonly mos: number | null;
  } | null;
  /** From here to the leg and back, by its last report on its peer's; null = it made none. */
  readonly roundTripMs: number | null;
  /** Packets that went nowhere, by reason. */
  readonly dropped: {
    /** From an address or SSRC that is not the leg's. */
    readonly foreign: number;
    /** Not protected with the leg's key, or heard before. */
    readonly unauthentic: number;
    /** No RTP. */
    readonly invalid: number;
    /** The gate, or the negotiated direction, forbade it. */
    readonly gated: number;
    /** No peer yet, or its address is not known yet. */
    readonly unroutable: number;
    /** More in a second than any voice sends. */
    readonly excess: number;
  };
}

/** The figures of a session's legs, in the order in which they joined. */
export interface SessionStats {
  readonly sessionId: string;
  readonly gate: Gate;
  readonly legs: readonly LegMediaStats[];
}

/** How much of the engine is in use; after all sessions are deleted all but two figures are 0. */
export interface EngineUsage {
  readonly sessions: number;
  readonly legs: number;
  /** Port pairs (RTP + RTCP). */
  readonly portPairsInUse: number;
  readonly portPairsQuarantined: number;
  readonly portPairsFree: number;
  readonly workersUp: number;
  /** Machines that media goes through beside this one, and whether they answer. */
  readonly nodes?: readonly { readonly name: string; readonly isUp: boolean }[];
}

/**
 * Relays the media of calls. Negotiation is staged: `offer` or `update` prepares, the `answer` that
 * follows puts it in force, `rollback` forgets it (a refused re-INVITE leaves the call as it was).
 * Each leg has a port pair of its own from its first appearance to its end, and sees one unbroken
 * o= line, whatever happens on the other side.
 *
 * Errors (AppError): INVALID_INPUT where a body can't be used or no codec is common, its
 * `meta.sipStatus` is 488 · NOT_FOUND for sessions and legs that are not there · CONFLICT for a
 * second `update` while one is pending (491) · UNAVAILABLE where no port or worker is left.
 */
export interface MediaEngine {
  /** Whether media passes it: of what goes another way there are no figures. */
  readonly hearsMedia: boolean;

  /** Keeps what legs say; absent where it can't. */
  readonly recorder?: MediaRecorder;

  /** Opens a session with the gate on `early`. Throws CONFLICT where the id is taken. */
  createSession(start: SessionStart): void;

  /**
   * The first offer from a leg to another: returns what to send to `toLeg`. May be repeated to
   * further legs (forking, failover), each of which answers for itself.
   */
  offer(description: LegDescription): Promise<Buffer>;

  /**
   * The answer of `fromLeg` to what `toLeg` offered: connects the two, and when that is in force
   * returns what to send to `toLeg`. Of several legs that answer one offer, the one that answered last is connected.
   * The same answer again (183, then 200) gives the same bytes.
   */
  answer(description: LegDescription): Promise<Buffer>;

  /**
   * Two offers that answer each other: connects the two legs, and when that is in force returns
   * the answer for each.
   */
  meet(meeting: Meeting): Promise<{ readonly toOne: Buffer; readonly toOther: Buffer }>;

  /**
   * Answers a leg's offer ourselves, with nobody on the other side: it hears what is played to it and
   * is heard by none, until it is connected. Returns the answer for it, once that is in force; the
   * same offer again gives the same bytes.
   */
  host(offer: HostedOffer): Promise<Buffer>;

  /**
   * Lets a leg hear something of ours in place of its peer, which is not heard by it meanwhile. It
   * takes the place of what is played to it already. Heard before the answer too, never through a
   * closed gate, and not by a leg that may not receive. Returns what `played` will name; null where
   * there is no such leg, or nothing was agreed with it.
   */
  play(sessionId: string, legId: string, playback: Playback): number | null;

  /** Ends what is played to a leg: it hears its peer again. Nothing is told of it. */
  stopPlaying(sessionId: string, legId: string): void;

  /**
   * A new offer on connected legs (re-INVITE, UPDATE): returns what to send to `toLeg`, whose
   * answer then comes by `answer`. Media goes on as it was until then.
   */
  update(description: LegDescription): Promise<Buffer>;

  /**
   * Makes ready to take a leg over from another session, where it stays until it is deleted there:
   * it keeps its o= line and numbers, and gets a port pair of its own here. An `offer` to it follows.
   */
  adopt(sessionId: string, leg: { legId: string; fromSessionId: string }): void;

  /**
   * Forgets an `update` that was refused, or whose answer could not be used. Does nothing where none
   * is pending. (A refused first
   * offer ends its leg: `deleteLeg`.)
   */
  rollback(sessionId: string): void;

  /**
   * Sets the gate; takes effect on the next packet, without waiting for anything. Unknown
   * sessions are ignored: a call may be cut more than once.
   */
  gate(sessionId: string, gate: Gate): void;

  /**
   * Lets whom a leg talks to hear a key of it, as an event or as a tone, whatever that one takes.
   * False where its voice is none that we know: then nobody hears it.
   */
  press(sessionId: string, legId: string, key: PressedKey): boolean;

  /** The figures as they are now; null where there is no such session. */
  stats(sessionId: string): Promise<SessionStats | null>;

  /** Ends one leg (a branch that lost) and frees its ports. Its last figures; null if not there. */
  deleteLeg(sessionId: string, legId: string): Promise<LegMediaStats | null>;

  /**
   * Ends a session and frees its ports; no event follows. The last figures, for the CDR; null
   * where there is none. Media stops at once, the promise only waits for the figures.
   */
  delete(sessionId: string): Promise<SessionStats | null>;

  usage(): Promise<EngineUsage>;

  /** Ends all sessions and workers. */
  close(): Promise<void>;
}
