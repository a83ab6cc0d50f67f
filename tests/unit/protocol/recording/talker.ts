import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';
import { clockRateOf, encoderOf } from '@/lib/protocol/codecs/voices';
import type { CapturedType, CaptureRecord, Side } from '@/lib/protocol/recording/capture-format';
import { renderCapture, samplesOf } from '@/lib/protocol/recording/render';
import { type CaptureSurvey, surveyCapture } from '@/lib/protocol/recording/survey';
import { tone } from '@/tests/unit/protocol/codecs/signals';

export const FRAME_MS = 20;

export interface TalkOptions {
  readonly side: Side;
  readonly toneHz: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly voice?: VoiceName;
  readonly payloadType?: number;
  readonly ssrc?: number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** How late a packet comes, by its number; null: it never does. */
  readonly lateMs?: (index: number) => number | null;
  /** The sender's clock against ours. */
  readonly speed?: number;
}

/** What somebody says, as packets that come when they come. */
export function talk(options: TalkOptions): CaptureRecord[] {
  const { side, toneHz, fromMs, toMs, voice = 'PCMA', payloadType = 8, ssrc = 1 } = options;
  const { firstSequence = 0, firstTimestamp = 0, lateMs = () => 0, speed = 1 } = options;
  const rateHz = voice === 'PCMA' || voice === 'PCMU' ? 8_000 : 16_000;
  const encoder = encoderOf(voice, rateHz);
  const frame = (rateHz * FRAME_MS) / 1_000;
  const sound = tone(rateHz, toneHz, { ms: toMs - fromMs });
  const ticks = (clockRateOf(voice) * FRAME_MS) / 1_000;
  const records: CaptureRecord[] = [];
  for (let index = 0; (index + 1) * frame <= sound.length; index += 1) {
    const payload = encoder.encode(sound.subarray(index * frame, (index + 1) * frame));
    const late = lateMs(index);
    if (late === null) continue;
    const packet = rtp({
      payloadType,
      ssrc,
      payload,
      ...{
        sequence: (firstSequence + index) & 0xffff,
        timestamp: (firstTimestamp + index * ticks) >>> 0,
      },
    });
    const atMs = Math.round(fromMs + (index * FRAME_MS) / speed + late);
    records.push({ kind: 'packet', atMs, side, packet });
  }
  encoder.close();
  return records;
}

export function typesOf(side: Side, types: readonly CapturedType[], atMs = 0): CaptureRecord {
  return { kind: 'types', atMs, side, types };
}

export const PCMA: CapturedType = { payloadType: 8, name: 'PCMA/8000', clockRateHz: 8_000 };
export const G722: CapturedType = { payloadType: 9, name: 'G722/8000', clockRateHz: 8_000 };
export const OPUS: CapturedType = { payloadType: 111, name: 'opus/48000', clockRateHz: 48_000 };

function rtp(fields: {
  payloadType: number;
  ssrc: number;
  sequence: number;
  timestamp: number;
  payload: Uint8Array;
}): Uint8Array {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = fields.payloadType;
  head.writeUInt16BE(fields.sequence, 2);
  head.writeUInt32BE(fields.timestamp, 4);
  head.writeUInt32BE(fields.ssrc, 8);
  return Buffer.concat([head, fields.payload]);
}

/** By when they came; types stand in front. */
export function inOrder(...groups: readonly (readonly CaptureRecord[])[]): CaptureRecord[] {
  return groups.flat().sort((one, other) => one.atMs - other.atMs);
}

async function* streamed(records: readonly CaptureRecord[]): AsyncGenerator<CaptureRecord> {
  yield* records;
}

export interface Heard {
  readonly survey: CaptureSurvey;
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** What comes of a capture. */
export async function heardOf(records: readonly CaptureRecord[]): Promise<Heard> {
  const survey = await surveyCapture(streamed(records));
  const left: number[] = [];
  const right: number[] = [];
  for await (const piece of renderCapture(streamed(records), survey)) {
    left.push(...piece.left);
    right.push(...piece.right);
  }
  if (left.length !== samplesOf(survey)) throw new Error('it is not as long as it was said to be');
  return { survey, left: Int16Array.from(left), right: Int16Array.from(right) };
}

/** The share of a tone (Goertzel) in a part of a sound, 0 … 1. */
export function shareOf(
  sound: Int16Array,
  toneHz: number,
  part: { readonly rateHz: number; readonly fromMs: number; readonly toMs: number },
): number {
  const { rateHz } = part;
  const samples = sound.subarray((part.fromMs * rateHz) / 1_000, (part.toMs * rateHz) / 1_000);
  const step = 2 * Math.cos((2 * Math.PI * toneHz) / rateHz);
  let [before, beforeThat, energy] = [0, 0, 0];
  for (const sample of samples) {
    const now = sample + step * before - beforeThat;
    beforeThat = before;
    before = now;
    energy += sample * sample;
  }
  const power = before * before + beforeThat * beforeThat - step * before * beforeThat;
  return energy === 0 ? 0 : power / ((energy * samples.length) / 2);
}

/** Root of the mean square of a part of a sound. */
export function levelOf(
  sound: Int16Array,
  part: { readonly rateHz: number; readonly fromMs: number; readonly toMs: number },
): number {
  const { rateHz, fromMs, toMs } = part;
  const samples = sound.subarray((fromMs * rateHz) / 1_000, (toMs * rateHz) / 1_000);
  const sum = samples.reduce((total, sample) => total + sample * sample, 0);
  return Math.sqrt(sum / samples.length);
}
