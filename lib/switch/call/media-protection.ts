import type { Flow } from '@/lib/protocol/sip/transport';
import type { LegProtection } from '@/lib/switch/media/engine';

/**
 * How the media of who is reached so is protected unless it is said otherwise: a browser speaks
 * nothing but DTLS (RFC 8827 §6.5), of others nobody knows.
 */
export function usualProtection({ transport }: Flow): LegProtection {
  return transport === 'ws' || transport === 'wss' ? 'dtls' : 'plain';
}
