import { type BitReader, EndOfBits } from './bit-reader';

/** RFC 9639 §9.2.4: the fixed predictors. */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
/** More zeros than this in a Rice code are no code: the widest residual has 32 bits. */
const MOST_ZEROS = 1 << 20;

/** The samples of one channel of a frame (RFC 9639 §9.2). Throws EndOfBits for what is none. */
export function readSubframe(
  bits: BitReader,
  { blockSize, sampleBits }: { readonly blockSize: number; readonly sampleBits: number },
): Int32Array {
  if (bits.read(1) !== 0) throw new EndOfBits();
  const type = bits.read(6);
  const wasted = bits.read(1) === 1 ? bits.readUnary(sampleBits) + 1 : 0;
  const width = sampleBits - wasted;
  if (width <= 0) throw new EndOfBits();
  const samples = new Int32Array(blockSize);
  if (type === 0) samples.fill(bits.readSigned(width));
  else if (type === 1) fillVerbatim(bits, samples, width);
  else if (type >= 8 && type <= 12) readFixed(bits, samples, { order: type - 8, width });
  else if (type >= 32) readLinear(bits, samples, { order: type - 31, width });
  else throw new EndOfBits();
  if (wasted > 0)
    for (const [index, sample] of samples.entries()) samples[index] = sample << wasted;
  return samples;
}

interface Prediction {
  readonly order: number;
  readonly width: number;
}

function fillVerbatim(bits: BitReader, samples: Int32Array, width: number): void {
  for (let index = 0; index < samples.length; index += 1) samples[index] = bits.readSigned(width);
}

function readWarmUp(bits: BitReader, samples: Int32Array, { order, width }: Prediction): void {
  if (order > samples.length) throw new EndOfBits();
  fillVerbatim(bits, samples.subarray(0, order), width);
}

function readFixed(bits: BitReader, samples: Int32Array, prediction: Prediction): void {
  readWarmUp(bits, samples, prediction);
  readResidual(bits, samples, prediction.order);
  predict(samples, FIXED[prediction.order] ?? [], 0);
}

function readLinear(bits: BitReader, samples: Int32Array, prediction: Prediction): void {
  readWarmUp(bits, samples, prediction);
  const precision = bits.read(4) + 1;
  const shift = bits.readSigned(5);
  if (precision > 15 || shift < 0) throw new EndOfBits();
  const coefficients = Array.from({ length: prediction.order }, () => bits.readSigned(precision));
  readResidual(bits, samples, prediction.order);
  predict(samples, coefficients, shift);
}

/** Adds to each residual what the samples before it foretell. */
function predict(samples: Int32Array, coefficients: readonly number[], shift: number): void {
  const divisor = 2 ** shift;
  for (let index = coefficients.length; index < samples.length; index += 1) {
    let sum = 0;
    for (let back = 0; back < coefficients.length; back += 1) {
      sum += (coefficients[back] ?? 0) * (samples[index - 1 - back] ?? 0);
    }
    samples[index] = (samples[index] ?? 0) + Math.floor(sum / divisor);
  }
}

/** Rice codes in partitions (§9.2.7), from the place of the first residual on. */
function readResidual(bits: BitReader, samples: Int32Array, order: number): void {
  const method = bits.read(2);
  if (method > 1) throw new EndOfBits();
  const parameterBits = method === 0 ? 4 : 5;
  const partitions = 2 ** bits.read(4);
  const partitionSize = samples.length / partitions;
  if (!Number.isInteger(partitionSize) || partitionSize < order) throw new EndOfBits();
  for (let partition = 0; partition < partitions; partition += 1) {
    const start = partition === 0 ? order : partition * partitionSize;
    const part = samples.subarray(start, (partition + 1) * partitionSize);
    const parameter = bits.read(parameterBits);
    if (parameter === 2 ** parameterBits - 1) fillVerbatim(bits, part, bits.read(5));
    else readRice(bits, part, parameter);
  }
}

function readRice(bits: BitReader, part: Int32Array, parameter: number): void {
  for (let index = 0; index < part.length; index += 1) {
    const folded = bits.readUnary(MOST_ZEROS) * 2 ** parameter + bits.read(parameter);
    part[index] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }
}
