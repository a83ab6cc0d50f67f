import { createCarrier } from '@/lib/services/carriers/create-carrier';
import type { ServiceContext } from '@/lib/services/context';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import { getRouteGroup } from '@/lib/services/route-groups/get-route-group';
import { listRouteGroups } from '@/lib/services/route-groups/list-route-groups';
import { updateRouteGroup } from '@/lib/services/route-groups/update-route-group';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { getTrunk } from '@/lib/services/trunks/get-trunk';
import type { CreateTrunkInput, WireTrunk } from '@/lib/services/trunks/schemas';
import { eventually } from './eventually';

export interface LabCarrier {
  readonly name: string;
  /** Where it is the cheapest: below the lab's own 0.0055 a minute for 44. */
  readonly prefix: string;
  readonly perMinute: string;
  /** Whether no other carrier is left in the group. */
  readonly isOnly?: boolean;
  readonly trunk: Omit<CreateTrunkInput, 'carrierId' | 'name'>;
}

/** One more carrier of the lab, in the group of all routes, as soon as the switch knows of it. */
export async function addCarrier(
  operator: ServiceContext,
  { name, prefix, perMinute, trunk, isOnly = false }: LabCarrier,
): Promise<WireTrunk> {
  const rates = [{ prefix, destination: name, perMinute, first: 1, next: 1 }];
  const deck = await createDeck(operator, { kind: 'buy', name, currency: 'USD', rates });
  await activateDeckVersion(operator, deck.id, { version: 1 });
  const carrier = await createCarrier(operator, { name, buyDeckId: deck.id });
  const made = await createTrunk(operator, { ...trunk, carrierId: carrier.id, name });
  const [group] = (await listRouteGroups(operator, {})).items;
  if (!group) throw new Error('no route group');
  const others = isOnly ? [] : group.members.map(({ trunkId }) => ({ trunkId }));
  const members = [...others, { trunkId: made.id }];
  await updateRouteGroup(operator, group.id, { members });
  await eventually(async () => {
    const { generation, status } = await getRouteGroup(operator, group.id);
    return status.observedGeneration === generation;
  });
  return made;
}

/** How a trunk does, as the portal shows it. */
export async function connectionOf(operator: ServiceContext, trunkId: string) {
  return (await getTrunk(operator, trunkId)).connection;
}
