import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Sealer } from '@/lib/infra/crypto';
import { CAPTURE_KEY_BYTES } from '@/lib/protocol/recording/capture-seal';
import { captureHead } from '@/lib/protocol/recording/read-capture';
import type { CaptureHeader, NewCaptureHeader } from './types';

const DIRECTORY = 'captures';
const SUFFIX = '.capture';
/** Its owner's alone. */
const DIRECTORY_MODE = 0o700;

/** Where a data directory keeps what is being recorded. */
export function captureDirectory(dataDir: string): string {
  return path.join(dataDir, DIRECTORY);
}

/** Makes the directory of captures where there is none. */
export function makeCaptureDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
}

/** The file of a recording that is being captured. */
export function capturePath(directory: string, recordingId: string): string {
  return path.join(directory, `${recordingId}${SUFFIX}`);
}

/** The recording that a file of the directory is of; null for any other file. */
export function recordingIdOf(fileName: string): string | null {
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.capture$/.exec(fileName);
  return match?.[1] ?? null;
}

const contextOf = (recordingId: string): string => `recording:${recordingId}`;

/** A capture's head, and the key that its chunks are sealed with; null where they are not. */
export function newCapture(
  header: NewCaptureHeader,
  sealer: Sealer | null,
): { readonly header: CaptureHeader; readonly head: Uint8Array; readonly key: Uint8Array | null } {
  const key = sealer === null ? null : randomBytes(CAPTURE_KEY_BYTES);
  const text = key && sealer?.seal(key.toString('base64'), contextOf(header.id));
  const sealedKey = text ? Buffer.from(text).toString('base64') : null;
  const whole = { ...header, sealedKey };
  return { header: whole, head: captureHead(JSON.stringify(whole)), key };
}

/** The key of a capture's chunks. Throws INTERNAL where it was sealed with another secret. */
export function openCaptureKey(header: CaptureHeader, sealer: Sealer): Uint8Array | null {
  if (header.sealedKey === null) return null;
  const sealed = Buffer.from(header.sealedKey, 'base64');
  return Buffer.from(sealer.open(sealed, contextOf(header.id)), 'base64');
}
