import type { Destination } from './plan';

/** A destination as people know it: E.164 where a number led there, an extension, emergency digits. */
export function numberOf(destination: Destination): string {
  switch (destination.kind) {
    case 'extension':
      return destination.e164 ?? destination.number;
    case 'e164':
      return destination.e164;
    case 'emergency':
    case 'feature':
      return destination.digits;
  }
}
