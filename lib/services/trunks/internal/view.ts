import { isUuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import { inSubtree, notFound } from '@/lib/services/access/authorize';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import {
  trunkConnectionSchema,
  type WireTrunk,
  type WireTrunkConnection,
} from '@/lib/services/trunks/schemas';
import type { Prisma } from '@/prisma/generated/client';

export const trunkInclude = {
  carrier: { select: { id: true, name: true } },
  tenant: { select: { id: true, domain: true } },
  state: true,
} satisfies Prisma.TrunkInclude;

export type TrunkRow = Prisma.TrunkGetPayload<{ include: typeof trunkInclude }>;

/** A trunk of the caller's. Throws NOT_FOUND for any other. */
export async function findTrunk(
  tx: Tx,
  { actor }: ServiceContext,
  trunkId: string,
): Promise<TrunkRow> {
  const row = isUuid(trunkId)
    ? await tx.trunk.findFirst({
        where: { id: trunkId, account: inSubtree(actor) },
        include: trunkInclude,
      })
    : null;
  if (row === null) throw notFound('trunk');
  return row;
}

/** Views of trunks with what the switch has applied of them. */
export async function toWireTrunks(
  context: ServiceContext,
  rows: readonly TrunkRow[],
): Promise<readonly WireTrunk[]> {
  const ids = rows.map((row) => row.id);
  const observed = await readObserved(context, 'trunk', ids);
  return rows.map((row) => ({
    id: row.id,
    accountId: row.accountId,
    kind: row.kind,
    carrier: row.carrier,
    tenant: row.tenant,
    name: row.name,
    state: row.status,
    address: row.address,
    host: row.host,
    port: row.port,
    transport: row.transport,
    proxy: row.proxy,
    username: row.username,
    hasSecret: row.secretSealed !== null,
    realm: row.realm,
    registerSeconds: row.registerSeconds,
    optionsSeconds: row.optionsSeconds,
    codecs: row.codecs,
    country: row.country,
    numberFormat: row.numberFormat,
    stripDigits: row.stripDigits,
    prependDigits: row.prependDigits,
    numberFormatIn: row.numberFormatIn,
    stripDigitsIn: row.stripDigitsIn,
    prependDigitsIn: row.prependDigitsIn,
    emergency: row.emergency,
    emergencyCountries: row.emergencyCountries,
    trustedIdentity: row.trustedIdentity,
    identityHeader: row.identityHeader,
    mediaSecurity: row.mediaSecurity,
    recording: row.recording,
    maxChannels: row.maxChannels,
    maxChannelsIn: row.maxChannelsIn,
    maxChannelsOut: row.maxChannelsOut,
    maxCallsPerSecond: row.maxCallsPerSecond,
    minAnswerPercent: row.minAnswerPercent,
    minTalkSeconds: row.minTalkSeconds,
    tlsName: row.tlsName,
    tlsCa: row.tlsCa,
    connection: toWireConnection(row.state, context.clock.nowMs()),
    createdAt: row.createdAt.toISOString(),
    generation: Number(row.generation),
    status: observed.statusOf(row.id, row.generation),
  }));
}

const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

/** What the switch last said; a registration that ran out meanwhile is none. */
function toWireConnection(state: TrunkRow['state'], nowMs: number): WireTrunkConnection {
  const registration = registrationSchema.safeParse(state?.registration).data ?? null;
  const isDemoted = (state?.demotedUntil?.getTime() ?? 0) > nowMs;
  const ranOut = registration === 'registered' && (state?.registeredUntil?.getTime() ?? 0) <= nowMs;
  return {
    registration: ranOut ? 'failed' : registration,
    registeredUntil: iso(state?.registeredUntil),
    registrationSince: iso(state?.registrationAt),
    health: healthSchema.safeParse(state?.health).data ?? null,
    healthSince: iso(state?.healthAt),
    roundTripMs: state?.roundTripMs ?? null,
    errorStatus: state?.errorStatus ?? null,
    errorText: state?.errorText ?? null,
    demotedUntil: isDemoted ? iso(state?.demotedUntil) : null,
    demotedWhy: isDemoted ? (state?.demotedWhy ?? null) : null,
  };
}

const { registration: registrationSchema, health: healthSchema } = trunkConnectionSchema.shape;
