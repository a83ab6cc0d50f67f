import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { hexDigit } from '@/lib/protocol/digest/md5';
import type { Ha1 } from '@/lib/protocol/digest/types';
import { openExtensionSecret } from '@/lib/services/extensions/secret';
import type { ExtensionRecord } from './directory';

/** How many opened secrets are kept; the rest are opened again when needed. */
const MAX_OPENED = 200_000;

const MD5_BYTES = 16;
const HA1_BYTES = MD5_BYTES + 32;
/** Places taken at first; they double when they are full. */
const FIRST_PLACES = 1_024;

/** The HA1s at a place; one of them is asked for. */
class OpenedHa1 implements Ha1 {
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get md5(): string {
    return this.bytes.toString('hex', 0, MD5_BYTES);
  }

  get sha256(): string {
    return this.bytes.toString('hex', MD5_BYTES);
  }
}

/**
 * The HA1s of extensions, opened when a phone first proves itself and kept while the sealed value
 * stays the same. The secret itself is never kept. They lie side by side in one piece of memory:
 * what a phone adds to the heap is its entry in a map.
 */
export class ExtensionSecrets {
  private readonly places = new Map<string, number>();
  private readonly sealed: Uint8Array[] = [];
  private opened = Buffer.alloc(FIRST_PLACES * HA1_BYTES);
  private readonly sealer: Sealer;
  private readonly log: Logger;

  constructor(sealer: Sealer, log: Logger) {
    this.sealer = sealer;
    this.log = log;
  }

  /** Writes the 32 hex digits of an MD5 HA1; false where ha1Of is to be asked first. */
  md5Into(extension: ExtensionRecord, target: Uint8Array): boolean {
    const place = this.placeOf(extension);
    if (place === undefined) return false;
    const from = place * HA1_BYTES;
    for (let index = 0; index < MD5_BYTES; index += 1) {
      const byte = this.opened[from + index] ?? 0;
      target[index * 2] = hexDigit(byte >> 4);
      target[index * 2 + 1] = hexDigit(byte & 15);
    }
    return true;
  }

  /** undefined where the sealed value can't be opened: the phone is refused like a stranger. */
  ha1Of(extension: ExtensionRecord): Ha1 | undefined {
    const place = this.placeOf(extension) ?? this.open(extension);
    if (place === undefined) return undefined;
    const from = place * HA1_BYTES;
    return new OpenedHa1(Buffer.from(this.opened.subarray(from, from + HA1_BYTES)));
  }

  private placeOf(extension: ExtensionRecord): number | undefined {
    const place = this.places.get(extension.id);
    return place !== undefined && this.sealed[place] === extension.secretSealed ? place : undefined;
  }

  private open(extension: ExtensionRecord): number | undefined {
    try {
      const { ha1Md5, ha1Sha256 } = openExtensionSecret(this.sealer, extension);
      const place = this.takePlace(extension);
      this.opened.write(ha1Md5 + ha1Sha256, place * HA1_BYTES, 'hex');
      return place;
    } catch (error) {
      this.log.error('extension.unreadable', { extensionId: extension.id, error });
      return undefined;
    }
  }

  private takePlace({ id, secretSealed }: ExtensionRecord): number {
    if (this.places.size >= MAX_OPENED) {
      this.places.clear();
      this.sealed.length = 0;
    }
    const place = this.places.get(id) ?? this.sealed.length;
    if ((place + 1) * HA1_BYTES > this.opened.length) {
      this.opened = Buffer.concat([this.opened], 2 * this.opened.length);
    }
    this.places.set(id, place);
    this.sealed[place] = secretSealed;
    return place;
  }
}
