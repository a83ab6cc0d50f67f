import { z } from 'zod';

/** How a capture begins; the last three characters are the version of its form. */
export const CAPTURE_MAGIC = 'TBCAP001';
/** A header is a few hundred bytes of JSON. */
export const MAX_HEADER_BYTES = 65_536;
/** The most that a chunk holds, before it is sealed. */
export const MAX_CHUNK_BYTES = 65_536;
/** In front of each record: kind, side and length, then when. */
export const RECORD_HEAD_BYTES = 8;
/** Records begin at multiples of this, so that their heads are written as whole words. */
export const RECORD_ALIGNMENT = 4;

/** Which side of a call: the caller's is heard left, the callee's right. */
export type Side = 0 | 1;
export const CALLER: Side = 0;
export const CALLEE: Side = 1;

/** Kinds of records, as numbers on disk. */
export const PACKET = 1;
export const TYPES = 2;
export const PAUSE = 3;
export const RESUME = 4;
export const STOP = 5;
export const LOST = 6;

/** What a payload type of a side means from here on; those without a voice are left out of it. */
export interface CapturedType {
  readonly payloadType: number;
  /** RTP name and clock, "PCMU/8000". */
  readonly name: string;
  readonly clockRateHz: number;
}

/** What was kept of a call, in the order in which it came. `atMs`: since the capture began. */
export type CaptureRecord =
  /** An RTP packet of a side, in the clear. */
  | {
      readonly kind: 'packet';
      readonly atMs: number;
      readonly side: Side;
      readonly packet: Uint8Array;
    }
  | {
      readonly kind: 'types';
      readonly atMs: number;
      readonly side: Side;
      readonly types: readonly CapturedType[];
    }
  /** Nothing is to be heard from `atMs` on, which may lie before the record. */
  | { readonly kind: 'pause'; readonly atMs: number }
  | { readonly kind: 'resume'; readonly atMs: number }
  | { readonly kind: 'stop'; readonly atMs: number }
  /** Packets are missing: the disk could not follow. */
  | { readonly kind: 'lost'; readonly atMs: number };

/** The rounded length of a record's content. */
export function alignedBytes(bytes: number): number {
  return (bytes + RECORD_ALIGNMENT - 1) & -RECORD_ALIGNMENT;
}

/** The first word of a record's head; little endian on disk. */
export function headWord(kind: number, side: Side, bytes: number): number {
  return (kind | (side << 8) | (bytes << 16)) >>> 0;
}

const typesSchema = z.array(
  z.object({
    payloadType: z.number().int().min(0).max(127),
    name: z.string().max(64),
    clockRateHz: z.number().int().min(0).max(384_000),
  }),
);

/** The content of a `types` record. */
export function typesContent(types: readonly CapturedType[]): Buffer {
  const kept = types.map(({ payloadType, name, clockRateHz }) => {
    return { payloadType, name, clockRateHz };
  });
  return Buffer.from(JSON.stringify(kept), 'utf8');
}

/**
 * The records of a chunk; what can't be read ends it. Nothing is copied: packets are views of the
 * chunk.
 */
export function* recordsOf(chunk: Uint8Array): Generator<CaptureRecord, void, void> {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  let at = 0;
  while (at + RECORD_HEAD_BYTES <= chunk.length) {
    const kind = view.getUint8(at);
    const side = view.getUint8(at + 1) === CALLER ? CALLER : CALLEE;
    const bytes = view.getUint16(at + 2, true);
    const atMs = view.getUint32(at + 4, true);
    const start = at + RECORD_HEAD_BYTES;
    if (start + bytes > chunk.length) return;
    const record = recordOf({ kind, side, atMs }, chunk.subarray(start, start + bytes));
    if (record) yield record;
    at = start + alignedBytes(bytes);
  }
}

function recordOf(
  { kind, side, atMs }: { readonly kind: number; readonly side: Side; readonly atMs: number },
  content: Uint8Array,
): CaptureRecord | null {
  switch (kind) {
    case PACKET:
      return { kind: 'packet', atMs, side, packet: content };
    case TYPES: {
      const types = readTypes(content);
      return types && { kind: 'types', atMs, side, types };
    }
    case PAUSE:
      return { kind: 'pause', atMs };
    case RESUME:
      return { kind: 'resume', atMs };
    case STOP:
      return { kind: 'stop', atMs };
    case LOST:
      return { kind: 'lost', atMs };
    default:
      return null;
  }
}

function readTypes(content: Uint8Array): readonly CapturedType[] | null {
  try {
    const parsed = typesSchema.safeParse(JSON.parse(Buffer.from(content).toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
