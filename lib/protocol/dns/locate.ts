import { canonicalAddress } from '@/lib/core/cidr';
import { orderSrv } from './srv-order';
import type { DnsSource, NaptrRecord, SipTarget, TargetTransport } from './types';

/** What is to be reached: the parts of a URI that say so. */
export interface SipDestination {
  /** `sips:`: TLS or nothing. */
  readonly secure: boolean;
  /** A name, or an address with or without brackets. */
  readonly host: string;
  readonly port: number | null;
  /** The URI's transport parameter; `sips` with tcp means TLS (RFC 3261 §26.2.2). */
  readonly transport: TargetTransport | null;
}

export interface LocateOptions {
  readonly dns: DnsSource;
  /** In [0, 1): draws among SRV weights. */
  readonly random: () => number;
  /** Transports that we can use. */
  readonly transports: readonly TargetTransport[];
  /** Families of addresses that we can reach, the preferred one first. */
  readonly families: readonly (4 | 6)[];
}

/** A zone may name more; nobody waits for so many (facts: bounded). */
const MAX_TARGETS = 12;
/** SRV records of a zone that are looked at, NAPTR likewise. */
const MAX_RECORDS = 32;

const SERVICE_OF: Readonly<Record<TargetTransport, string>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
};
const TRANSPORT_OF_NAPTR: Readonly<Record<string, TargetTransport>> = {
  'SIP+D2U': 'udp',
  'SIP+D2T': 'tcp',
  'SIPS+D2T': 'tls',
};
const DEFAULT_PORT: Readonly<Record<TargetTransport, number>> = { udp: 5060, tcp: 5060, tls: 5061 };

/**
 * Where a SIP server is, in the order in which to try (RFC 3263 §4): an address as it stands, a
 * port by the name's addresses, a bare name by NAPTR, then SRV, then its addresses. `sips` leads to
 * TLS or to nothing. An empty list: there is no such server. Throws where DNS itself failed and
 * nothing was found.
 */
export async function locate(
  destination: SipDestination,
  options: LocateOptions,
): Promise<readonly SipTarget[]> {
  const asked = askedTransport(destination);
  if (asked === 'none' || (asked !== null && !options.transports.includes(asked))) return [];
  const host = destination.host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const usual: TargetTransport = asked ?? 'udp';
  const numeric = canonicalAddress(host);
  if (numeric !== null) {
    const family = numeric.includes(':') ? 6 : 4;
    if (!options.families.includes(family)) return [];
    const port = destination.port ?? DEFAULT_PORT[usual];
    return [{ transport: usual, address: numeric, port }];
  }
  const search = new Search(options);
  if (destination.port !== null) {
    await search.addresses({ name: host, port: destination.port, transport: usual });
  } else if (asked !== null && destination.transport !== null) {
    await search.service(host, asked);
  } else {
    await search.byNaptr(host, destination.secure);
  }
  if (destination.port === null && search.isUnanswered) {
    await search.addresses({ name: host, port: DEFAULT_PORT[usual], transport: usual });
  }
  return search.result();
}

function askedTransport({ secure, transport }: SipDestination): TargetTransport | null | 'none' {
  if (!secure) return transport;
  return transport === 'udp' ? 'none' : 'tls';
}

/** One look-up: what was found so far, and the last failure in case that is nothing. */
class Search {
  private readonly options: LocateOptions;
  private readonly found = new Map<string, SipTarget>();
  /** The zone said something about the service, even that it is not there. */
  private answered = false;
  private failure: unknown;

  constructor(options: LocateOptions) {
    this.options = options;
  }

  get isUnanswered(): boolean {
    return !this.answered;
  }

  result(): readonly SipTarget[] {
    if (this.found.size === 0 && this.failure !== undefined) throw this.failure;
    return [...this.found.values()];
  }

  /** §4.1: the zone's own preference; without NAPTR every transport that it has SRV for. */
  async byNaptr(host: string, secure: boolean): Promise<void> {
    const records = await this.ask(() => this.options.dns.query('NAPTR', host));
    const usable = usableNaptr(records, secure).filter(({ transport }) =>
      this.options.transports.includes(transport),
    );
    for (const { record, transport } of usable) await this.srv(record.replacement, transport);
    if (usable.length > 0) return;
    const wanted: readonly TargetTransport[] = secure ? ['tls'] : ['udp', 'tcp', 'tls'];
    for (const transport of wanted) {
      if (this.options.transports.includes(transport)) await this.service(host, transport);
    }
  }

  /** §4.2: one transport's SRV. */
  async service(host: string, transport: TargetTransport): Promise<void> {
    await this.srv(`${SERVICE_OF[transport]}.${host}`, transport);
  }

  async addresses(at: {
    readonly name: string;
    readonly port: number;
    readonly transport: TargetTransport;
  }): Promise<void> {
    if (this.found.size >= MAX_TARGETS) return;
    const { dns, families } = this.options;
    const lists = await Promise.all(
      families.map((family) =>
        this.ask(() => (family === 4 ? dns.query('A', at.name) : dns.query('AAAA', at.name))),
      ),
    );
    for (const { address } of lists.flat()) {
      const canonical = canonicalAddress(address);
      if (canonical === null || this.found.size >= MAX_TARGETS) continue;
      const target = { transport: at.transport, address: canonical, port: at.port };
      const key = `${target.transport} ${target.address} ${target.port}`;
      if (!this.found.has(key)) this.found.set(key, target);
    }
  }

  private async srv(name: string, transport: TargetTransport): Promise<void> {
    const records = await this.ask(() => this.options.dns.query('SRV', name));
    if (records.length === 0) return;
    this.answered = true;
    for (const { target, port } of orderSrv(records, this.options.random)) {
      const host = target.replace(/\.$/, '').toLowerCase();
      if (host !== '') await this.addresses({ name: host, port, transport });
    }
  }

  private async ask<Row>(
    question: () => Promise<{ readonly records: readonly Row[] }>,
  ): Promise<readonly Row[]> {
    try {
      return (await question()).records.slice(0, MAX_RECORDS);
    } catch (error) {
      this.failure = error;
      return [];
    }
  }
}

/** Records that lead to an SRV of a transport we know, best first; for `sips` only those of TLS. */
function usableNaptr(
  records: readonly NaptrRecord[],
  secure: boolean,
): { readonly record: NaptrRecord; readonly transport: TargetTransport }[] {
  return [...records]
    .sort((one, other) => one.order - other.order || one.preference - other.preference)
    .flatMap((record) => {
      const transport = TRANSPORT_OF_NAPTR[record.service.toUpperCase()];
      const leadsToSrv = record.flags.toLowerCase() === 's' && record.replacement !== '';
      if (transport === undefined || !leadsToSrv || (secure && transport !== 'tls')) return [];
      return [{ record, transport }];
    });
}
