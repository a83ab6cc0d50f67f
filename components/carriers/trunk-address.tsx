import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { bracketAddress } from './trunk-form-values';

/** Where a trunk is reached, as it is written in SIP: "127.0.0.1:5090 UDP". */
export function TrunkAddress({
  trunk,
}: {
  trunk: Pick<WireTrunk, 'address' | 'host' | 'port' | 'transport'>;
}) {
  const { port, transport } = trunk;
  const place = trunk.host ?? trunk.address ?? '–';
  return (
    <span className="whitespace-nowrap">
      <span className="text-mono">
        {port === null ? place : `${bracketAddress(place)}:${port}`}
      </span>
      {transport && <span className="ms-1.5 text-ink-3 text-small">{transport.toUpperCase()}</span>}
    </span>
  );
}
