import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { peerNameOf } from './targets';

/** PEM of the authorities that trunks of a name trust in place of the system's. */
export function authorityOf(directory: SwitchDirectory, peerName: string): string | undefined {
  const authorities = [...directory.records('trunk').values()].flatMap((trunk) =>
    trunk.tlsCa !== null && peerNameOf(trunk) === peerName ? [trunk.tlsCa] : [],
  );
  return authorities.length === 0 ? undefined : authorities.join('\n');
}
