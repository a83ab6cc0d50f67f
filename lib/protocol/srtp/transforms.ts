import { assert } from '@/lib/core/errors';
import { AeadTransform } from './aead';
import { CounterModeTransform } from './counter-mode';
import { sessionKeys } from './session-keys';
import { keyAndSaltBytes, type SrtpKeying, type SrtpSuite, srtpSuite } from './suites';
import type { PacketTransform } from './transform';

/** No codec fills an Ethernet frame; with its protection a packet has no more than this. */
export const MAX_SRTP_BYTES = 1_600;

/** The suite of a key. Asserts that its key and salt are as long as they must be. */
export function suiteOf({ suite: name, keyAndSalt }: SrtpKeying): SrtpSuite {
  const suite = srtpSuite(name);
  assert(suite && keyAndSalt.length === keyAndSaltBytes(suite), 'an SRTP key fits its suite');
  return suite;
}

/** How a key protects packets of RTP, or of RTCP. */
export function transformOf(keying: SrtpKeying, use: 'rtp' | 'rtcp'): PacketTransform {
  const suite = suiteOf(keying);
  const keys = sessionKeys(suite, keying.keyAndSalt, use);
  return suite.isAead ? new AeadTransform(keys) : new CounterModeTransform(suite, keys);
}
