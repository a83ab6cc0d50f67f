import { type Cidr, parseCidr } from '@/lib/core/cidr';
import type { Logger } from '@/lib/infra/log';
import type { BanBatch } from '@/lib/services/bans/types';
import type { SwitchDirectory } from './directory/directory';
import { BAN_REASONS, type Ban } from './edge/ban-list';
import type { AddressRules, Denial } from './edge/source';
import type { Edge } from './edge/types';

export interface AddressRuleKeeperOptions {
  readonly directory: SwitchDirectory;
  readonly edge: Pick<Edge, 'bans' | 'setRules'>;
  readonly log: Logger;
  /** Where the carriers are that we register with: known by name, trusted by address as the others. */
  registrarAddresses(): Iterable<string>;
  /** Writes what the switch did by itself; throws when it can't be written now. */
  write(batch: BanBatch): Promise<void>;
}

/** Bans that wait to be written while the database is away; beyond, the newest wait in memory only. */
const MAX_WAITING = 10_000;

/**
 * Keeps the edge in step with what is said about addresses: rules of people come down as any
 * configuration does; what the switch bans by itself is written behind, comes back the same way,
 * and is lifted when somebody removes it.
 */
export class AddressRuleKeeper {
  private readonly options: AddressRuleKeeperOptions;
  /** Bans of our own that the directory has shown. */
  private seen = new Set<string>();
  private waiting: BanBatch = { made: [], attempts: new Map() };

  constructor(options: AddressRuleKeeperOptions) {
    this.options = options;
  }

  /** Takes over what the directory says now. */
  apply(): void {
    const { directory, edge, registrarAddresses } = this.options;
    edge.setRules(addressRulesOf(directory, registrarAddresses()));
    const ours = new Map<string, Ban>();
    for (const rule of directory.records('address_rule').values()) {
      const reason = BAN_REASONS.find((one) => one === rule.reason);
      if (rule.action !== 'ban' || rule.origin !== 'switch' || reason === undefined) continue;
      const source = rule.cidr.replace(/\/32$/, '').replace(/\/64$/, '');
      ours.set(rule.id, { ...rule, source, reason, untilMs: rule.untilMs ?? rule.sinceMs });
    }
    for (const id of this.seen) if (!ours.has(id)) edge.bans.lift(id);
    edge.bans.restore([...ours.values()].filter(({ id }) => !this.seen.has(id)));
    this.seen = new Set(ours.keys());
  }

  /** Writes what has happened; what can't be written is tried again next time. */
  async flush(): Promise<void> {
    const fresh = this.options.edge.bans.takeChanges();
    const attempts = new Map(this.waiting.attempts);
    for (const [id, count] of fresh.attempts) attempts.set(id, (attempts.get(id) ?? 0) + count);
    const made = [...this.waiting.made, ...fresh.made].slice(0, MAX_WAITING);
    this.waiting = { made: [], attempts: new Map() };
    if (made.length === 0 && attempts.size === 0) return;
    try {
      await this.options.write({ made, attempts });
    } catch (error) {
      this.waiting = { made, attempts };
      this.options.log.warn('bans.write', { error });
    }
  }
}

/**
 * What the configuration says about addresses: active trunks are trusted, by their socket address
 * alone. Their customers' wrong passwords must not cut a carrier off.
 */
function addressRulesOf(
  directory: SwitchDirectory,
  registrarAddresses: Iterable<string>,
): AddressRules {
  const exempt: Cidr[] = [];
  const denied: Denial[] = [];
  const trusted = [...directory.records('trunk').values()].flatMap(({ status, address }) =>
    status === 'active' && address !== null ? [address] : [],
  );
  for (const address of [...trusted, ...registrarAddresses]) {
    const parsed = parseCidr(address);
    if (parsed.ok) exempt.push(parsed.cidr);
  }
  for (const { id, action, origin, cidr, untilMs } of directory.records('address_rule').values()) {
    if (action === 'allow') exempt.push(cidr);
    else if (origin === 'person') denied.push({ id, cidr, untilMs });
  }
  return { exempt, denied };
}
