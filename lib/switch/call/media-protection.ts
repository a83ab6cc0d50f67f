import { type Flow, isSecure } from '@/lib/protocol/sip/transport';
import type { MediaSecurity } from '@/lib/services/configuration/types';
import type { LegProtection } from '@/lib/switch/media/engine';

/**
 * How the media of who is reached so is protected unless it is said otherwise: a browser speaks
 * nothing but DTLS (RFC 8827 §6.5), of others nobody knows.
 */
export function usualProtection({ transport }: Flow): LegProtection {
  return transport === 'ws' || transport === 'wss' ? 'dtls' : 'plain';
}

/** How the media of somebody is protected that is called by this flow. */
export function protectionOf(setting: MediaSecurity, flow: Flow): LegProtection {
  if (setting === 'auto') return usualProtection(flow);
  return setting === 'off' ? 'plain' : setting;
}

/** Whether somebody may be called by a flow: keys go over TLS alone (RFC 4568 §7), or not at all. */
export function mayProtect(setting: MediaSecurity, flow: Flow): boolean {
  return setting !== 'sdes' || isSecure(flow);
}
