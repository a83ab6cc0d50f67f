import type { Sealer } from '@/lib/infra/crypto';
import { toCanonicalAddress } from '@/lib/services/trunks/rules';
import type { UpdateTrunkData } from '@/lib/services/trunks/schemas';
import { sealTrunkSecret } from '@/lib/services/trunks/secret';

type Settings = Omit<UpdateTrunkData, 'state'>;
type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Only what was given: what is left out stays as it is, null takes it back. */
function given<T extends object>(data: T): Given<T> {
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  // The same names with the same values; only those without one are gone.
  return Object.fromEntries(entries) as Given<T>;
}

/** The columns that an input sets; the secret is sealed for the trunk of this id. */
export function columnsOf({ secret, address, ...rest }: Settings, trunkId: string, sealer: Sealer) {
  return {
    ...given(rest),
    ...(address === undefined
      ? {}
      : { address: address === null ? null : toCanonicalAddress(address) }),
    ...(secret === undefined ? {} : { secretSealed: sealTrunkSecret(sealer, trunkId, secret) }),
  };
}
