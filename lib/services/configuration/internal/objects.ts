import type pg from 'pg';
import {
  type CallLimits,
  NO_LIMITS,
  type NumberView,
  type RouteGroupMemberView,
} from '@/lib/core/call-plan/views';
import { CONFIG_KINDS, type ConfigKind } from '@/lib/core/config-kinds';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { Currency, RoundingMode } from '@/lib/core/money';
import type { Band } from '@/lib/core/rating/bands';
import type {
  ConfigAccount,
  ConfigAddressRule,
  ConfigCallLimit,
  ConfigCarrier,
  ConfigChecksum,
  ConfigChecksums,
  ConfigDeck,
  ConfigDestinationPrefix,
  ConfigExchangeRate,
  ConfigExtension,
  ConfigFraudBlock,
  ConfigFraudProfile,
  ConfigNumber,
  ConfigObjects,
  ConfigRouteGroup,
  ConfigTenant,
  ConfigTrunk,
  ConfigVerifiedNumber,
} from '@/lib/services/configuration/types';
import { checksumsSql, OBJECTS_SQL } from './sql';

interface AccountRow extends Omit<ConfigAccount, 'limits' | 'allowedDestinations'> {
  readonly maxConcurrentCalls: number;
  readonly maxCallsPerSecond: number;
}
interface TrunkRow extends Omit<ConfigTrunk, 'limits' | 'limitsIn' | 'limitsOut' | 'isDialable'> {
  readonly maxChannels: number;
  readonly maxChannelsIn: number | null;
  readonly maxChannelsOut: number | null;
  readonly maxCallsPerSecond: number | null;
}
interface DeckRow {
  readonly id: string;
  readonly generation: bigint;
  readonly accountId: string;
  readonly kind: 'sell' | 'buy';
  readonly name: string;
  readonly currency: Currency;
  readonly rounding: RoundingMode;
  /** null = to the micro-unit. */
  readonly decimals: number | null;
  readonly routeGroupId: string | null;
  readonly versionId: string | null;
  readonly version: number | null;
  readonly timeZone: string | null;
  /** As they were checked when they were written (lib/core/rating/bands.ts). */
  readonly bands: readonly Band[] | null;
}

type CallLimitRow = Omit<ConfigCallLimit, 'limits'> & CallLimits;
interface FraudProfileRow extends Omit<FraudProfile, 'velocity'> {
  readonly id: string;
  readonly generation: bigint;
  readonly velocityWindowSeconds: number;
  readonly velocityDigits: number;
  readonly velocityMaxCalls: number | null;
  readonly velocityMaxSpendMicro: bigint | null;
}

/** Which ids of each kind are wanted; a kind that is absent is not read, null reads all of it. */
export type Wanted = Partial<Record<ConfigKind, readonly string[] | null>>;

/** Reads objects over one client, so within one snapshot where it is in a transaction. */
export async function readObjects(client: pg.ClientBase, wanted: Wanted): Promise<ConfigObjects> {
  const rows = async <Row extends object>(kind: ConfigKind): Promise<Row[]> => {
    const ids = wanted[kind];
    if (ids === undefined || ids?.length === 0) return [];
    return (await client.query<Row>(OBJECTS_SQL[kind], [ids])).rows;
  };
  return {
    accounts: (await rows<AccountRow>('account')).map(toAccount),
    tenants: (await rows<Omit<ConfigTenant, 'limits'>>('tenant')).map((row) => ({
      ...row,
      limits: NO_LIMITS,
    })),
    extensions: (await rows<Omit<ConfigExtension, 'limits'>>('extension')).map((row) => ({
      ...row,
      limits: NO_LIMITS,
    })),
    carriers: await rows<ConfigCarrier>('carrier'),
    trunks: (await rows<TrunkRow>('trunk')).map(toTrunk),
    routeGroups: await rows<
      ConfigRouteGroup & { readonly members: readonly RouteGroupMemberView[] }
    >('route_group'),
    numbers: await rows<ConfigNumber & NumberView>('phone_number'),
    decks: (await rows<DeckRow>('rate_deck')).map(toDeck),
    addressRules: await rows<ConfigAddressRule>('address_rule'),
    exchangeRates: await rows<ConfigExchangeRate>('exchange_rate'),
    callLimits: (await rows<CallLimitRow>('call_limit')).map(toCallLimit),
    destinationPrefixes: await rows<ConfigDestinationPrefix>('destination_prefix'),
    fraudProfiles: (await rows<FraudProfileRow>('fraud_profile')).map(toFraudProfile),
    fraudBlocks: await rows<ConfigFraudBlock>('fraud_block'),
    verifiedNumbers: await rows<ConfigVerifiedNumber>('verified_number'),
  };
}

/** What the tables add up to, within the client's snapshot. */
export async function readChecksums(client: pg.ClientBase | pg.Pool): Promise<ConfigChecksums> {
  const { rows } = await client.query<ConfigChecksum & { kind: ConfigKind }>(
    checksumsSql(CONFIG_KINDS),
  );
  const sums = new Map(
    rows.map(({ kind, count, generationSum }) => [kind, { count, generationSum }]),
  );
  const sumOf = (kind: ConfigKind) => sums.get(kind) ?? { count: 0, generationSum: 0n };
  return {
    account: sumOf('account'),
    tenant: sumOf('tenant'),
    extension: sumOf('extension'),
    carrier: sumOf('carrier'),
    trunk: sumOf('trunk'),
    route_group: sumOf('route_group'),
    phone_number: sumOf('phone_number'),
    rate_deck: sumOf('rate_deck'),
    address_rule: sumOf('address_rule'),
    exchange_rate: sumOf('exchange_rate'),
    call_limit: sumOf('call_limit'),
    destination_prefix: sumOf('destination_prefix'),
    fraud_profile: sumOf('fraud_profile'),
    fraud_block: sumOf('fraud_block'),
    verified_number: sumOf('verified_number'),
  };
}

function toAccount({ maxConcurrentCalls, maxCallsPerSecond, ...row }: AccountRow): ConfigAccount {
  return {
    ...row,
    limits: { ...NO_LIMITS, maxConcurrentCalls, maxCallsPerSecond },
    allowedDestinations: null,
  };
}

function toTrunk(row: TrunkRow): ConfigTrunk {
  const { maxChannels, maxChannelsIn, maxChannelsOut, maxCallsPerSecond, ...rest } = row;
  return {
    ...rest,
    // Matched by a range alone it has no place to be called at.
    isDialable: row.host !== null || row.address === null || !row.address.includes('/'),
    limits: { ...NO_LIMITS, maxConcurrentCalls: maxChannels, maxCallsPerSecond },
    limitsIn: { ...NO_LIMITS, maxConcurrentCalls: maxChannelsIn },
    limitsOut: { ...NO_LIMITS, maxConcurrentCalls: maxChannelsOut },
  };
}

function toCallLimit(row: CallLimitRow): ConfigCallLimit {
  const { id, generation, accountId, subject, subjectId, ...limits } = row;
  return { id, generation, accountId, subject, subjectId, limits };
}

/** A profile that looks at neither calls nor spending of a window looks at no window. */
function toFraudProfile(row: FraudProfileRow): ConfigFraudProfile {
  const { id, generation, velocityWindowSeconds: windowSeconds, velocityDigits: digits } = row;
  const { velocityMaxCalls: maxCalls, velocityMaxSpendMicro: maxSpendMicro } = row;
  const isWatched = maxCalls !== null || maxSpendMicro !== null;
  const profile: FraudProfile = {
    accountId: row.accountId,
    mode: row.mode,
    countries: row.countries,
    blockedClasses: row.blockedClasses,
    maxPerMinuteNano: row.maxPerMinuteNano,
    maxConnectFeeMicro: row.maxConnectFeeMicro,
    maxDailySpendMicro: row.maxDailySpendMicro,
    longCallSeconds: row.longCallSeconds,
    velocity: isWatched ? { windowSeconds, digits, maxCalls, maxSpendMicro } : null,
    blocksByItself: row.blocksByItself,
  };
  return { id, generation, profile };
}

function toDeck(row: DeckRow): ConfigDeck {
  const { id, generation, accountId, kind, routeGroupId } = row;
  if (row.versionId === null || row.version === null) {
    return { id, generation, accountId, kind, routeGroupId, active: null };
  }
  const info = {
    deckId: id,
    deckName: row.name,
    deckVersion: row.version,
    currency: row.currency,
    rounding: row.rounding,
    ...(row.decimals === null ? {} : { decimals: row.decimals }),
  };
  const { versionId, timeZone, bands } = row;
  const plan = timeZone === null || bands === null ? null : { timeZone, bands };
  const active = { versionId, info, bands: plan };
  return { id, generation, accountId, kind, routeGroupId, active };
}
