/** What is known of a voice stream on its way. */
export interface VoicePath {
  /** As SDP names it, "PCMA/8000". */
  readonly codec: string;
  /** Of the packets that should have come, 0 to 1. */
  readonly lostShare: number;
  readonly jitterMs: number;
  /** There and back; null where nobody knows: it then counts as none. */
  readonly roundTripMs: number | null;
}

/** R of an undisturbed narrow-band connection with default values (ITU-T G.107 §7.7). */
const BEST_RATING = 93.2;
/** The jitter buffer of a phone holds about twice what it measures (RFC 3611 §4.7.7 leaves it open). */
const BUFFERED_JITTERS = 2;
/** A packet is spoken before it is sent. */
const PACKET_MS = 20;
/** Beyond, delay disturbs the conversation itself (Cole and Rosenbluth's fit of G.107 §7.4). */
const TALKING_DELAY_MS = 177.3;

/**
 * Ie and Bpl by encoding name: ITU-T G.113 Appendix I, random loss, with the concealment that
 * phones have. G.722 and Opus have no values on this scale; undisturbed they are no worse than
 * G.711, and how they bear loss is taken from G.711 and from what Opus conceals.
 */
const IMPAIRMENTS: ReadonlyMap<string, readonly [equipment: number, robustness: number]> = new Map([
  ['PCMU', [0, 25.1]],
  ['PCMA', [0, 25.1]],
  ['G722', [0, 25.1]],
  ['OPUS', [0, 25.1]],
  ['G729', [11, 19]],
  ['ILBC', [11, 32]],
  ['GSM-EFR', [5, 10]],
]);

/**
 * How people would rate a voice, 1 to 4.5: the E-model (ITU-T G.107) with its default values, so
 * that codec, loss and delay are what is left of it. Null for a codec that nothing is known of.
 */
export function estimatedMos({
  codec,
  lostShare,
  jitterMs,
  roundTripMs,
}: VoicePath): number | null {
  const [name = ''] = codec.split('/');
  const impairment = IMPAIRMENTS.get(name.toUpperCase());
  if (impairment === undefined) return null;
  const [equipment, robustness] = impairment;
  const lostPercent = 100 * Math.min(1, Math.max(0, lostShare));
  const byLoss = equipment + ((95 - equipment) * lostPercent) / (lostPercent + robustness);
  const delayMs = PACKET_MS + BUFFERED_JITTERS * jitterMs + (roundTripMs ?? 0) / 2;
  const byDelay = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - TALKING_DELAY_MS);
  return mosOfRating(BEST_RATING - byDelay - byLoss);
}

/** ITU-T G.107 Annex B. */
function mosOfRating(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  // The curve dips below 1 for ratings under 6.5.
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
}
