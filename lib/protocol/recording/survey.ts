import { voiceNamed } from '@/lib/protocol/codecs/voices';
import { rtpFault, rtpPayloadType } from '@/lib/protocol/rtp/header';
import type { CapturedType, CaptureRecord } from './capture-format';

/** What a capture without an end is given after its last packet: that packet's own length. */
const LAST_PACKET_MS = 20;

/** The rates that recordings have: that of the best voice in them. */
export type RecordingRateHz = 8_000 | 16_000;

/** A stretch that is cut out, `[fromMs, toMs)`. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is known of a capture once it was read through. */
export interface CaptureSurvey {
  readonly rateHz: RecordingRateHz;
  /** When it ended, by its own clock. */
  readonly endMs: number;
  /** In order, none touching another. */
  readonly pauses: readonly Pause[];
  /** What there is to be heard: from its beginning to its end, less the pauses. */
  readonly durationMs: number;
  /** Nothing was ever said. */
  readonly isSilent: boolean;
  /** Whoever kept it ended before the call, or could not keep everything. */
  readonly isIncomplete: boolean;
}

/** What a name in a capture means, "PCMU/8000"; null where it is no voice that we know. */
export function voiceOfType({ name, clockRateHz }: CapturedType) {
  return voiceNamed(name.split('/')[0] ?? '', clockRateHz);
}

function isWide(type: CapturedType | undefined): boolean {
  const voice = type && voiceOfType(type);
  return voice === 'G722' || voice === 'OPUS';
}

/** Reads a capture through, for what has to be known before the first sample is written. */
export async function surveyCapture(records: AsyncIterable<CaptureRecord>): Promise<CaptureSurvey> {
  const types: [readonly CapturedType[], readonly CapturedType[]] = [[], []];
  const pauses: Pause[] = [];
  let pausedFromMs: number | null = null;
  let endMs: number | null = null;
  let lastMs = 0;
  let packets = 0;
  let hasLost = false;
  let isAnyWide = false;
  for await (const record of records) {
    const { atMs } = record;
    lastMs = Math.max(lastMs, atMs);
    if (record.kind === 'types') types[record.side] = record.types;
    else if (record.kind === 'pause') pausedFromMs ??= atMs;
    else if (record.kind === 'stop') endMs = atMs;
    else if (record.kind === 'lost') hasLost = true;
    else if (record.kind === 'resume') {
      if (pausedFromMs !== null) pauses.push({ fromMs: pausedFromMs, toMs: atMs });
      pausedFromMs = null;
    } else if (rtpFault(record.packet) === null) {
      packets += 1;
      if (isAnyWide) continue;
      const payloadType = rtpPayloadType(record.packet);
      isAnyWide = isWide(types[record.side].find((one) => one.payloadType === payloadType));
    }
  }
  const isEnded = endMs !== null;
  endMs ??= packets === 0 ? lastMs : lastMs + LAST_PACKET_MS;
  if (pausedFromMs !== null) pauses.push({ fromMs: pausedFromMs, toMs: endMs });
  const cut = joined(pauses, endMs);
  const pausedMs = cut.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return {
    rateHz: isAnyWide ? 16_000 : 8_000,
    endMs,
    pauses: cut,
    durationMs: endMs - pausedMs,
    isSilent: packets === 0,
    isIncomplete: hasLost || !isEnded,
  };
}

/** Pauses within the capture, in order, those that touch made one: they may be dated back. */
function joined(pauses: readonly Pause[], endMs: number): readonly Pause[] {
  const whole: Pause[] = [];
  const inOrder = pauses
    .map(({ fromMs, toMs }) => ({ fromMs: Math.min(fromMs, endMs), toMs: Math.min(toMs, endMs) }))
    .filter(({ fromMs, toMs }) => toMs > fromMs)
    .sort((one, other) => one.fromMs - other.fromMs);
  for (const pause of inOrder) {
    const last = whole.at(-1);
    if (last === undefined || pause.fromMs > last.toMs) whole.push(pause);
    else whole[whole.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, pause.toMs) };
  }
  return whole;
}
