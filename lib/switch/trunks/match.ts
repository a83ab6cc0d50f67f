import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';

/** Where a packet really came from. */
export interface PacketSource {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
}

/**
 * The trunk that sends from a socket address: by address, and by port and transport where the trunk
 * sets them. Headers have no say. Trunks that overlap are refused when saved, so one at most fits.
 * Connections of stream transports come from any port.
 */
export function matchTrunk(
  directory: SwitchDirectory,
  source: PacketSource,
): ConfigTrunk | undefined {
  return directory
    .trunksAt(source.address)
    .find(
      (trunk) =>
        trunk.status === 'active' &&
        (trunk.transport === null || trunk.transport === source.transport) &&
        (trunk.port === null || source.transport !== 'udp' || trunk.port === source.port),
    );
}
