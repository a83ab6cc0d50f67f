import { AppError } from '@/lib/core/errors';

/** `[start, end)` of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header asks for of so many bytes (RFC 9110 §14.1.2): null = all of it, as for several
 * ranges or other units, which need not be understood. Throws INVALID_INPUT with
 * `meta.wholeBytes` for one that lies outside.
 */
export function readRange(header: string | null, bytes: number): ByteRange | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const isSuffix = first === '';
  const start = isSuffix ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = isSuffix || last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  if (start < end) return { start, end };
  throw new AppError('INVALID_INPUT', 'The range lies outside the recording.', {
    meta: { wholeBytes: bytes },
  });
}
