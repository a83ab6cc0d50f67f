import type { CallOrigin, CallPlan, CallRequest } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type {
  AccountView,
  CallLimits,
  CarrierView,
  Directory,
  ExtensionView,
  LimitUsage,
  NumberView,
  PlanContext,
  RouteGroupView,
  TenantView,
  TrunkView,
} from '@/lib/core/call-plan/views';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { parseCurrency, parseMicro, parsePerMinute } from '@/lib/core/money';
import { type E164, isE164 } from '@/lib/core/phone-number';
import { buildDeck } from '@/lib/core/rating/deck-table';
import { ExchangeTable } from '@/lib/core/rating/exchange-table';
import type { DeckInfo, RateDeck, RateRow } from '@/lib/core/rating/rate';

const USD = parseCurrency('USD');
const LAB_TIME_MS = Date.UTC(2026, 5, 1, 12);

export function e164(text: string): E164 {
  if (!isE164(text)) throw new Error(`${text} is not E.164`);
  return text;
}

/** "prefix rate first/next [fee=…] [over] [blocked] [reverse] [markup=millionths:minimum]", one a line. */
function deckOf(id: string, lines: readonly string[]): RateDeck {
  const info: DeckInfo = {
    deckId: id,
    deckName: id,
    deckVersion: 1,
    currency: USD,
    rounding: 'half_up',
  };
  const rows = lines.map((line): RateRow => {
    const [prefix = '', rate = '', increments = '', ...rest] = line.split(' ');
    const [firstSeconds = 0, nextSeconds = 0] = increments.split('/').map(Number);
    const [ppm, least = '0'] =
      rest
        .find((word) => word.startsWith('markup='))
        ?.slice(7)
        .split(':') ?? [];
    const fee = rest.find((word) => word.startsWith('fee='))?.slice(4) ?? '0';
    return {
      prefix,
      destination: `+${prefix}`,
      firstSeconds,
      nextSeconds,
      firstPerMinuteNano: parsePerMinute(rate),
      nextPerMinuteNano: parsePerMinute(rate),
      connectFeeMicro: parseMicro(fee),
      minimumMicro: 0n,
      noChargeSeconds: 0,
      freeSeconds: 0,
      validFromMs: null,
      validToMs: rest.includes('over') ? LAB_TIME_MS : null,
      blocked: rest.includes('blocked'),
      reverseBilled: rest.includes('reverse'),
      band: 0,
      markup:
        ppm === undefined
          ? null
          : { ppm: Number(ppm), minimumPerMinuteNano: parsePerMinute(least) },
    };
  });
  return buildDeck(info, rows);
}

const labLimits: CallLimits = { ...NO_LIMITS, maxConcurrentCalls: 100, maxCallsPerSecond: 100 };

function account(id: string, parentId: string | null, terms: Partial<AccountView> = {}) {
  const view: AccountView = {
    id,
    parentId,
    kind: parentId === null ? 'operator' : 'customer',
    name: id,
    status: 'active',
    currency: USD,
    sellDeckId: parentId === null ? null : `${parentId} → ${id}`,
    ownDeckId: null,
    billedBy: 'portal',
    limits: labLimits,
    allowedDestinations: null,
    marginFloorMicro: 0n,
    ...terms,
  };
  return view;
}

const tenantNames = ['Acme', 'Birch', 'Cedar'];
const tenantNumbers = ['+12025550101', '+12025550102', '+12025550103'].map(e164);

function tenants(): TenantView[] {
  return tenantNames.map((name, index) => ({
    id: `tenant ${name}`,
    accountId: name,
    domain: `${name.toLowerCase()}.lab.test`,
    status: 'active',
    country: 'US',
    allowedDestinations: name === 'Acme' ? ['1', '44', '882'] : ['1', '44'],
    callerNumber: tenantNumbers[index] ?? null,
    limits: NO_LIMITS,
  }));
}

function extensions(): ExtensionView[] {
  return tenantNames.flatMap((name) =>
    Array.from({ length: 10 }, (_, index) => ({
      id: `${name} ${101 + index}`,
      tenantId: `tenant ${name}`,
      number: `${101 + index}`,
      status: 'active' as const,
      callerNumber: null,
      limits: NO_LIMITS,
    })),
  );
}

function trunk(name: string, terms: Partial<TrunkView> = {}): TrunkView {
  return {
    id: `trunk ${name}`,
    name,
    status: 'active',
    carrierId: name,
    tenantId: null,
    isDialable: true,
    limits: NO_LIMITS,
    limitsIn: NO_LIMITS,
    limitsOut: NO_LIMITS,
    ...terms,
  };
}

function labDecks(): RateDeck[] {
  return [
    deckOf('buy carrier-a', [
      '1 0.0040 6/6',
      '44 0.0060 1/1',
      '447 0.0200 1/1',
      '882 2.5000 60/60',
    ]),
    deckOf('buy carrier-b', ['1 0.0050 6/6', '44 0.0055 1/1', '447 0.0210 1/1']),
    deckOf('Operator → North', [
      '1 0.0080 6/6',
      '44 0.0100 1/1',
      '447 0.0300 1/1',
      '882 3.0000 60/60',
    ]),
    deckOf('North → Acme', [
      '1 0.0150 60/60',
      '44 0.0200 30/6',
      '447 0.0500 60/1',
      '882 4.0000 60/60',
    ]),
    deckOf('North → South', ['1 0.0100 6/6', '44 0.0150 1/1', '447 0.0400 1/1']),
    deckOf('South → Birch', [
      '1 0.0250 60/60 fee=0.0100',
      '44 0.0300 60/60 fee=0.0100',
      '447 0.0600 60/60 fee=0.0100',
    ]),
    deckOf('Operator → Cedar', ['1 0.0100 1/1', '44 0.0120 1/1']),
  ];
}

/** The lab of the scenario of that name, open to be changed by a test. */
export class Lab implements PlanContext {
  accounts = new Map(
    [
      account('Operator', null),
      account('North', 'Operator', { kind: 'reseller' }),
      account('South', 'North', { kind: 'reseller' }),
      account('Acme', 'North'),
      account('Birch', 'South'),
      account('Cedar', 'Operator'),
    ].map((each) => [each.id, each]),
  );
  tenants = new Map(tenants().map((each) => [each.id, each]));
  extensions = new Map(extensions().map((each) => [each.id, each]));
  trunks = new Map([trunk('carrier-a'), trunk('carrier-b')].map((each) => [each.id, each]));
  carriers = new Map<string, CarrierView>(
    ['carrier-a', 'carrier-b'].map((name) => [name, { id: name, name, buyDeckId: `buy ${name}` }]),
  );
  numbers = new Map<string, NumberView>(
    tenantNames.map((name, index) => {
      const number = tenantNumbers[index] ?? e164('+12025550100');
      const view = {
        e164: number,
        inService: true,
        tenantId: `tenant ${name}`,
        extensionId: `${name} 101`,
        trunkId: null,
      };
      return [number, view];
    }),
  );
  routeGroup: RouteGroupView | undefined = {
    id: 'routes',
    name: 'all',
    strategy: 'lcr',
    members: ['carrier-a', 'carrier-b'].map((name) => ({
      trunkId: `trunk ${name}`,
      priority: 1,
      weight: 1,
    })),
  };
  downTrunkIds = new Set<string>();
  demotedTrunkIds = new Set<string>();
  exchange = new ExchangeTable();
  emergencyTrunkIds = ['trunk carrier-a'];
  deckMap = new Map(labDecks().map((deck) => [deck.info.deckId, deck]));
  /** By "kind id". */
  usages = new Map<string, Partial<LimitUsage>>();

  readonly directory: Directory = {
    accountById: (id) => this.accounts.get(id),
    tenantById: (id) => this.tenants.get(id),
    tenantByDomain: (domain) => [...this.tenants.values()].find((each) => each.domain === domain),
    extension: (tenantId, number) =>
      [...this.extensions.values()].find(
        (each) => each.tenantId === tenantId && each.number === number,
      ),
    extensionById: (id) => this.extensions.get(id),
    trunkById: (id) => this.trunks.get(id),
    isTrunkDown: (id) => this.downTrunkIds.has(id),
    isTrunkDemoted: (id) => this.demotedTrunkIds.has(id),
    exchangeRate: (base, quote, atMs) => this.exchange.rate(base, quote, atMs),
    carrierById: (id) => this.carriers.get(id),
    numberByE164: (number) => this.numbers.get(number),
    routeGroupFor: () => this.routeGroup,
    emergencyTrunks: () =>
      this.emergencyTrunkIds.flatMap((id) => {
        const found = this.trunks.get(id);
        return found ? [found] : [];
      }),
  };
  readonly decks = { deckById: (id: string) => this.deckMap.get(id) };
  readonly limits = {
    usage: (kind: string, id: string): LimitUsage => ({
      concurrentCalls: 0,
      outgoingCalls: 0,
      callsThisSecond: 0,
      spentTodayMicro: 0n,
      ...this.usages.get(`${kind} ${id}`),
    }),
  };

  /** Changes one account, tenant, extension or trunk. */
  change(kind: 'accounts', id: string, terms: Partial<AccountView>): void;
  change(kind: 'tenants', id: string, terms: Partial<TenantView>): void;
  change(kind: 'extensions', id: string, terms: Partial<ExtensionView>): void;
  change(kind: 'trunks', id: string, terms: Partial<TrunkView>): void;
  change(kind: 'accounts' | 'tenants' | 'extensions' | 'trunks', id: string, terms: object): void {
    const map: Map<string, object> = this[kind];
    const before = map.get(id);
    if (!before) throw new Error(`no ${id} in ${kind}`);
    map.set(id, { ...before, ...terms });
  }

  setDeck(id: string, lines: readonly string[]): void {
    this.deckMap.set(id, deckOf(id, lines));
  }

  addTrunk(name: string, terms: Partial<TrunkView>): void {
    this.trunks.set(`trunk ${name}`, trunk(name, terms));
  }

  /** A call of somebody's extension, 101 unless said otherwise. */
  call(
    name: string,
    dialled: string,
    options: { from?: string; callerId?: string } = {},
  ): CallPlan {
    const { from = '101', callerId = null } = options;
    return this.plan(
      { kind: 'extension', tenantId: `tenant ${name}`, number: from },
      dialled,
      callerId,
    );
  }

  plan(origin: CallOrigin, dialled: string, callerId: string | null = null): CallPlan {
    return this.request({ origin, dialled, callerId });
  }

  request(request: CallRequest): CallPlan {
    return planCall(this, request, LAB_TIME_MS);
  }
}
