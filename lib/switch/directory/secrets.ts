import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { hexDigit } from '@/lib/protocol/digest/md5';
import type { Ha1 } from '@/lib/protocol/digest/types';
import { openExtensionSecret } from '@/lib/services/extensions/secret';
import type { ExtensionRecord } from './directory';

/** How many opened secrets are kept; the rest are opened again when needed. */
const MAX_OPENED = 200_000;

const MD5_BYTES = 16;

/** Both HA1s as bytes of one string, a quarter of what their hex would take; one is asked for. */
class PackedHa1 implements Ha1 {
  readonly sealed: Uint8Array;
  private readonly packed: string;

  constructor(sealed: Uint8Array, ha1: Ha1) {
    this.sealed = sealed;
    this.packed = Buffer.from(ha1.md5 + ha1.sha256, 'hex').toString('latin1');
  }

  get md5(): string {
    return Buffer.from(this.packed, 'latin1').toString('hex', 0, MD5_BYTES);
  }

  /** The md5 in hex, as bytes. */
  md5Into(target: Uint8Array): void {
    for (let index = 0; index < MD5_BYTES; index += 1) {
      const byte = this.packed.charCodeAt(index);
      target[index * 2] = hexDigit(byte >> 4);
      target[index * 2 + 1] = hexDigit(byte & 15);
    }
  }

  get sha256(): string {
    return Buffer.from(this.packed, 'latin1').toString('hex', MD5_BYTES);
  }
}

/**
 * The HA1s of extensions, opened when a phone first proves itself and kept while the sealed value
 * stays the same. The secret itself is never kept.
 */
export class ExtensionSecrets {
  private readonly opened = new Map<string, PackedHa1>();
  private readonly sealer: Sealer;
  private readonly log: Logger;

  constructor(sealer: Sealer, log: Logger) {
    this.sealer = sealer;
    this.log = log;
  }

  /** Writes the 32 hex digits of an MD5 HA1; false where ha1Of is to be asked first. */
  md5Into(extension: ExtensionRecord, target: Uint8Array): boolean {
    const known = this.opened.get(extension.id);
    if (known === undefined || known.sealed !== extension.secretSealed) return false;
    known.md5Into(target);
    return true;
  }

  /** undefined where the sealed value can't be opened: the phone is refused like a stranger. */
  ha1Of(extension: ExtensionRecord): Ha1 | undefined {
    const known = this.opened.get(extension.id);
    if (known && known.sealed === extension.secretSealed) return known;
    try {
      const { ha1Md5, ha1Sha256 } = openExtensionSecret(this.sealer, extension);
      const ha1 = new PackedHa1(extension.secretSealed, { md5: ha1Md5, sha256: ha1Sha256 });
      if (this.opened.size >= MAX_OPENED) this.opened.clear();
      this.opened.set(extension.id, ha1);
      return ha1;
    } catch (error) {
      this.log.error('extension.unreadable', { extensionId: extension.id, error });
      return undefined;
    }
  }
}
