import { createHmac } from 'node:crypto';

/**
 * Longer than any call: a relay asks for the credential again whenever an allocation is refreshed
 * (RFC 8656 §3.9), and one that has ended meanwhile takes the call with it.
 */
const LIFETIME_MS = 24 * 3_600_000;

/** A TURN server of the operator's, and the secret it shares with us. */
export interface TurnSettings {
  /** As browsers take them (RFC 7065): "turn:turn.example.com:3478?transport=udp". */
  readonly urls: readonly string[];
  readonly secret: string;
}

/** What a browser's RTCPeerConnection is given (`RTCIceServer`). */
export interface IceServer {
  readonly urls: string[];
  readonly username: string;
  readonly credential: string;
}

/**
 * Time-limited credentials, as coturn's `use-auth-secret` checks them
 * (draft-uberti-behave-turn-rest-00 §2.2): the name says until when, the password proves that we said so.
 */
export function turnServers(
  turn: TurnSettings | null,
  whose: string,
  nowMs: number,
): readonly IceServer[] {
  if (turn === null) return [];
  const username = `${Math.floor((nowMs + LIFETIME_MS) / 1_000)}:${whose}`;
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64');
  return [{ urls: [...turn.urls], username, credential }];
}
