import { randomInt } from 'node:crypto';
import type { CaptureRecord } from '@/lib/protocol/recording/capture-format';
import { oggOpusOf } from '@/lib/protocol/recording/ogg-opus';
import { PeakMeter } from '@/lib/protocol/recording/peaks';
import { renderCapture, type StereoPiece, samplesOf } from '@/lib/protocol/recording/render';
import type { CaptureSurvey } from '@/lib/protocol/recording/survey';
import { interleaved, wavHeader } from '@/lib/protocol/recording/wav';

/** A recording's file as it is being made. */
export interface RecordingFile {
  readonly suffix: string;
  readonly content: AsyncIterable<Uint8Array>;
  /** Once the content was read to its end. */
  peaks(): Uint8Array;
}

/** The file of a capture; made while it is read. */
export function fileOf(
  format: 'wav' | 'opus',
  survey: CaptureSurvey,
  records: AsyncIterable<CaptureRecord>,
): RecordingFile {
  const { rateHz } = survey;
  const samples = samplesOf(survey);
  const meter = new PeakMeter(samples, rateHz);
  const pieces = metered(renderCapture(records, survey), meter);
  const content =
    format === 'wav'
      ? wavOf(pieces, wavHeader(samples, rateHz))
      : oggOpusOf(pieces, { rateHz, samples, serial: randomInt(2 ** 32) });
  return { suffix: format === 'wav' ? 'wav' : 'ogg', content, peaks: () => meter.bytes };
}

async function* metered(
  pieces: AsyncIterable<StereoPiece>,
  meter: PeakMeter,
): AsyncGenerator<StereoPiece, void, void> {
  for await (const piece of pieces) {
    meter.hear(piece);
    yield piece;
  }
}

async function* wavOf(
  pieces: AsyncIterable<StereoPiece>,
  header: Buffer,
): AsyncGenerator<Buffer, void, void> {
  yield header;
  for await (const piece of pieces) yield interleaved(piece);
}
