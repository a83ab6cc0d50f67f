import {
  alignedBytes,
  CALLER,
  type CaptureRecord,
  headWord,
  PACKET,
  PAUSE,
  RECORD_HEAD_BYTES,
  RESUME,
  STOP,
  TYPES,
  typesContent,
} from '@/lib/protocol/recording/capture-format';

const KINDS = { packet: PACKET, types: TYPES, pause: PAUSE, resume: RESUME, stop: STOP, lost: 6 };

function contentOf(record: CaptureRecord): Uint8Array {
  if (record.kind === 'packet') return record.packet;
  return record.kind === 'types' ? typesContent(record.types) : new Uint8Array(0);
}

/** Records as they lie in a file. */
export function chunkOf(records: readonly CaptureRecord[]): Buffer {
  return Buffer.concat(
    records.map((record) => {
      const content = contentOf(record);
      const side = 'side' in record ? record.side : CALLER;
      const bytes = Buffer.alloc(RECORD_HEAD_BYTES + alignedBytes(content.length));
      bytes.writeUInt32LE(headWord(KINDS[record.kind], side, content.length), 0);
      bytes.writeUInt32LE(record.atMs, 4);
      bytes.set(content, RECORD_HEAD_BYTES);
      return bytes;
    }),
  );
}
