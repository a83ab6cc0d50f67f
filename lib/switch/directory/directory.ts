import type { Directory, ExtensionView, TenantView } from '@/lib/core/call-plan/views';
import type { ConfigKind } from '@/lib/core/config-kinds';
import type { E164 } from '@/lib/core/phone-number';
import { ExchangeTable } from '@/lib/core/rating/exchange-table';
import type {
  ConfigAccount,
  ConfigAddressRule,
  ConfigCallLimit,
  ConfigCarrier,
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
import { Callbacks } from './callbacks';
import { RuleBook, type RuleRecord } from './rule-book';
import { TrunkIndex } from './trunk-index';

/** An extension with the number it shows, looked up. */
export type ExtensionRecord = ConfigExtension & ExtensionView;
/** A tenant with the number it shows by default, looked up. */
export type TenantRecord = ConfigTenant & TenantView;

/** One object and its kind. */
export type ConfigRecord =
  | { readonly kind: 'account'; readonly record: ConfigAccount }
  | { readonly kind: 'tenant'; readonly record: ConfigTenant }
  | { readonly kind: 'extension'; readonly record: ConfigExtension }
  | { readonly kind: 'carrier'; readonly record: ConfigCarrier }
  | { readonly kind: 'trunk'; readonly record: ConfigTrunk }
  | { readonly kind: 'route_group'; readonly record: ConfigRouteGroup }
  | { readonly kind: 'phone_number'; readonly record: ConfigNumber }
  | { readonly kind: 'rate_deck'; readonly record: ConfigDeck }
  | { readonly kind: 'address_rule'; readonly record: ConfigAddressRule }
  | { readonly kind: 'exchange_rate'; readonly record: ConfigExchangeRate }
  | RuleRecord;

/** Objects in an order in which each finds what it refers to. */
export function* recordsOf(objects: ConfigObjects): Generator<ConfigRecord> {
  // Rules first: nobody shall call for a moment as if there were none.
  for (const record of objects.destinationPrefixes) yield { kind: 'destination_prefix', record };
  for (const record of objects.callLimits) yield { kind: 'call_limit', record };
  for (const record of objects.fraudProfiles) yield { kind: 'fraud_profile', record };
  for (const record of objects.fraudBlocks) yield { kind: 'fraud_block', record };
  for (const record of objects.verifiedNumbers) yield { kind: 'verified_number', record };
  for (const record of objects.accounts) yield { kind: 'account', record };
  for (const record of objects.numbers) yield { kind: 'phone_number', record };
  for (const record of objects.tenants) yield { kind: 'tenant', record };
  for (const record of objects.extensions) yield { kind: 'extension', record };
  for (const record of objects.carriers) yield { kind: 'carrier', record };
  for (const record of objects.trunks) yield { kind: 'trunk', record };
  for (const record of objects.routeGroups) yield { kind: 'route_group', record };
  for (const record of objects.decks) yield { kind: 'rate_deck', record };
  for (const record of objects.addressRules) yield { kind: 'address_rule', record };
  for (const record of objects.exchangeRates) yield { kind: 'exchange_rate', record };
}

/**
 * Everything configured, in memory, with the indexes that calls and registrations need. One owner
 * (directory/sync.ts) writes; everybody else reads. No look-up waits.
 */
export class SwitchDirectory implements Directory {
  private readonly stores: { readonly [K in ConfigKind]: Map<string, RecordOf<K>> } = {
    account: new Map(),
    tenant: new Map(),
    extension: new Map(),
    carrier: new Map(),
    trunk: new Map(),
    route_group: new Map(),
    phone_number: new Map(),
    rate_deck: new Map(),
    address_rule: new Map(),
    exchange_rate: new Map(),
    call_limit: new Map(),
    destination_prefix: new Map(),
    fraud_profile: new Map(),
    fraud_block: new Map(),
    verified_number: new Map(),
  };
  readonly rules = new RuleBook((number) => this.numberIds.get(number));
  /** Who called for help lately. */
  readonly callbacks = new Callbacks();
  private readonly domains = new Map<string, TenantRecord>();
  /** By tenant and number. */
  private readonly extensions = new Map<string, Map<string, ExtensionRecord>>();
  private readonly trunks = new TrunkIndex();
  private readonly exchange = new ExchangeTable();
  private readonly downTrunks = new Set<string>();
  private readonly demotedTrunks = new Set<string>();
  private readonly numberIds = new Map<string, string>();
  private readonly numbersByTenant = new Map<string, Set<string>>();

  accountById(id: string): ConfigAccount | undefined {
    return this.stores.account.get(id);
  }

  tenantById(id: string): TenantRecord | undefined {
    return this.stores.tenant.get(id);
  }

  tenantByDomain(domain: string): TenantRecord | undefined {
    return this.domains.get(domain);
  }

  extension(tenantId: string, number: string): ExtensionRecord | undefined {
    return this.extensions.get(tenantId)?.get(number);
  }

  extensionById(id: string): ExtensionRecord | undefined {
    return this.stores.extension.get(id);
  }

  trunkById(id: string): ConfigTrunk | undefined {
    return this.stores.trunk.get(id);
  }

  isTrunkDown(id: string): boolean {
    return this.downTrunks.has(id);
  }

  isTrunkDemoted(id: string): boolean {
    return this.demotedTrunks.has(id);
  }

  /** Notes whether a trunk comes last for a while; trunks/quality.ts judges. */
  demoteTrunk(id: string, isDemoted: boolean): void {
    if (isDemoted) this.demotedTrunks.add(id);
    else this.demotedTrunks.delete(id);
  }

  /** Notes whether a trunk answers; what it is asked with is the health check's business. */
  markTrunk(id: string, isDown: boolean): void {
    if (isDown) this.downTrunks.add(id);
    else this.downTrunks.delete(id);
  }

  /** The PBX that registers under a name in a tenant. */
  pbxTrunk(tenantId: string, username: string): ConfigTrunk | undefined {
    return this.trunks.ofUser(tenantId, username);
  }

  carrierById(id: string): ConfigCarrier | undefined {
    return this.stores.carrier.get(id);
  }

  exchangeRate(base: string, quote: string, atMs: number): bigint | undefined {
    return this.exchange.rate(base, quote, atMs);
  }

  numberByE164(number: E164): ConfigNumber | undefined {
    const id = this.numberIds.get(number);
    return id === undefined ? undefined : this.stores.phone_number.get(id);
  }

  deckById(id: string): ConfigDeck | undefined {
    return this.stores.rate_deck.get(id);
  }

  /** That of the deck, or else the oldest: ids sort by time. */
  routeGroupFor(sellDeckId: string | null): ConfigRouteGroup | undefined {
    const named = sellDeckId === null ? null : this.deckById(sellDeckId)?.routeGroupId;
    const chosen = named == null ? undefined : this.stores.route_group.get(named);
    if (chosen) return chosen;
    let oldest: ConfigRouteGroup | undefined;
    for (const group of this.stores.route_group.values()) {
      if (!oldest || group.id < oldest.id) oldest = group;
    }
    return oldest;
  }

  emergencyTrunks(country: string): readonly ConfigTrunk[] {
    return [...this.stores.trunk.values()]
      .filter(
        ({ emergency, emergencyCountries: of, status, carrierId }) =>
          emergency &&
          status === 'active' &&
          carrierId !== null &&
          (of.length === 0 || of.includes(country)),
      )
      .sort(
        (one, other) =>
          // Those that do not answer come last; even they are better than none.
          Number(this.isTrunkDown(one.id)) - Number(this.isTrunkDown(other.id)) ||
          (one.name < other.name ? -1 : 1),
      );
  }

  callbackTo(number: E164, atMs: number): ReturnType<Callbacks['find']> {
    return this.callbacks.find(number, atMs);
  }

  /** Whether somebody who called for help there may still be called back. */
  awaitsCallback(extensionId: string): boolean {
    return this.callbacks.isOpenFor(extensionId);
  }

  /** Trunks that send from this address, the narrowest match first; port and transport decide. */
  trunksAt(address: string): readonly ConfigTrunk[] {
    return this.trunks.at(address);
  }

  /** Every object of a kind, for the checksum. */
  records<K extends ConfigKind>(kind: K): ReadonlyMap<string, RecordOf<K>> {
    return this.stores[kind];
  }

  /** Puts in, or replaces, one object and its indexes. */
  put(change: ConfigRecord): void {
    this.remove(change.kind, change.record.id);
    switch (change.kind) {
      case 'account':
        this.stores.account.set(change.record.id, change.record);
        return;
      case 'tenant':
        this.putTenant(change.record);
        return;
      case 'extension':
        this.putExtension(change.record);
        return;
      case 'carrier':
        this.stores.carrier.set(change.record.id, change.record);
        return;
      case 'trunk':
        this.stores.trunk.set(change.record.id, change.record);
        this.trunks.add(change.record);
        return;
      case 'route_group':
        this.stores.route_group.set(change.record.id, change.record);
        return;
      case 'phone_number':
        this.putNumber(change.record);
        return;
      case 'rate_deck':
        this.stores.rate_deck.set(change.record.id, change.record);
        return;
      case 'address_rule':
        this.stores.address_rule.set(change.record.id, change.record);
        return;
      case 'exchange_rate':
        this.stores.exchange_rate.set(change.record.id, change.record);
        this.exchange.put(change.record);
        return;
      default:
        this.putRule(change);
    }
  }

  /** Takes one object out; unknown ones are no matter. */
  remove(kind: ConfigKind, id: string): void {
    switch (kind) {
      case 'tenant':
        this.removeTenant(id);
        return;
      case 'extension':
        this.removeExtension(id);
        return;
      case 'trunk':
        this.removeTrunk(id);
        return;
      case 'phone_number':
        this.removeNumber(id);
        return;
      case 'exchange_rate':
        this.stores.exchange_rate.delete(id);
        this.exchange.remove(id);
        return;
      default:
        this.stores[kind].delete(id);
        this.rules.remove(id);
    }
  }

  private putRule(rule: RuleRecord): void {
    const { kind, record } = rule;
    switch (kind) {
      case 'call_limit':
        this.stores.call_limit.set(record.id, record);
        break;
      case 'destination_prefix':
        this.stores.destination_prefix.set(record.id, record);
        break;
      case 'fraud_profile':
        this.stores.fraud_profile.set(record.id, record);
        break;
      case 'fraud_block':
        this.stores.fraud_block.set(record.id, record);
        break;
      case 'verified_number':
        this.stores.verified_number.set(record.id, record);
        break;
    }
    this.rules.put(rule);
  }

  private putTenant(record: ConfigTenant): void {
    const tenant = { ...record, callerNumber: this.tenantNumber(record.id) };
    this.stores.tenant.set(record.id, tenant);
    this.domains.set(record.domain, tenant);
  }

  private putExtension(record: ConfigExtension): void {
    const shown =
      record.callerNumberId === null
        ? undefined
        : this.stores.phone_number.get(record.callerNumberId);
    const extension = { ...record, callerNumber: shown?.e164 ?? null };
    this.stores.extension.set(record.id, extension);
    const numbers = this.extensions.get(record.tenantId) ?? new Map<string, ExtensionRecord>();
    numbers.set(record.number, extension);
    this.extensions.set(record.tenantId, numbers);
  }

  private putNumber(record: ConfigNumber): void {
    this.stores.phone_number.set(record.id, record);
    this.numberIds.set(record.e164, record.id);
    if (record.tenantId === null) return;
    const ids = this.numbersByTenant.get(record.tenantId) ?? new Set<string>();
    ids.add(record.id);
    this.numbersByTenant.set(record.tenantId, ids);
    this.refreshShownNumbers(record.tenantId);
  }

  private removeTenant(id: string): void {
    const gone = this.stores.tenant.get(id);
    this.stores.tenant.delete(id);
    if (gone && this.domains.get(gone.domain)?.id === id) this.domains.delete(gone.domain);
  }

  private removeExtension(id: string): void {
    const gone = this.stores.extension.get(id);
    if (!gone) return;
    this.stores.extension.delete(id);
    const numbers = this.extensions.get(gone.tenantId);
    if (numbers?.get(gone.number)?.id === id) numbers.delete(gone.number);
    if (numbers?.size === 0) this.extensions.delete(gone.tenantId);
  }

  private removeTrunk(id: string): void {
    const gone = this.stores.trunk.get(id);
    if (!gone) return;
    this.stores.trunk.delete(id);
    this.trunks.remove(gone);
  }

  private removeNumber(id: string): void {
    const gone = this.stores.phone_number.get(id);
    if (!gone) return;
    this.stores.phone_number.delete(id);
    if (this.numberIds.get(gone.e164) === id) this.numberIds.delete(gone.e164);
    if (gone.tenantId === null) return;
    const ids = this.numbersByTenant.get(gone.tenantId);
    ids?.delete(id);
    if (ids?.size === 0) this.numbersByTenant.delete(gone.tenantId);
    this.refreshShownNumbers(gone.tenantId);
  }

  /** The tenant's oldest number in service: ids sort by time. */
  private tenantNumber(tenantId: string): E164 | null {
    let oldest: ConfigNumber | undefined;
    for (const id of this.numbersByTenant.get(tenantId) ?? []) {
      const number = this.stores.phone_number.get(id);
      if (number?.inService && (!oldest || number.id < oldest.id)) oldest = number;
    }
    return oldest?.e164 ?? null;
  }

  private refreshShownNumbers(tenantId: string): void {
    const tenant = this.stores.tenant.get(tenantId);
    if (tenant) this.putTenant(tenant);
    for (const extension of [...(this.extensions.get(tenantId)?.values() ?? [])]) {
      if (extension.callerNumberId !== null) this.putExtension(extension);
    }
  }
}

type RecordOf<K extends ConfigKind> = {
  account: ConfigAccount;
  tenant: TenantRecord;
  extension: ExtensionRecord;
  carrier: ConfigCarrier;
  trunk: ConfigTrunk;
  route_group: ConfigRouteGroup;
  phone_number: ConfigNumber;
  rate_deck: ConfigDeck;
  address_rule: ConfigAddressRule;
  exchange_rate: ConfigExchangeRate;
  call_limit: ConfigCallLimit;
  destination_prefix: ConfigDestinationPrefix;
  fraud_profile: ConfigFraudProfile;
  fraud_block: ConfigFraudBlock;
  verified_number: ConfigVerifiedNumber;
}[K];
