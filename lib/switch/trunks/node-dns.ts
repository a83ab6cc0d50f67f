import { Resolver } from 'node:dns/promises';
import type { DnsAnswer, DnsRecords, DnsRecordType, DnsSource } from '@/lib/protocol/dns/types';

/** A caller waits for this; two tries fit into what a carrier is given to answer. */
const TIMEOUT_MS = 1_500;
const TRIES = 2;
/** What a name server says where there is nothing of the kind; everything else is a failure. */
const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** Asks name servers by node:dns: the system's, or those given. Names in files are not looked at. */
export function createNodeDns(servers?: readonly string[]): DnsSource {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers) resolver.setServers([...servers]);
  return {
    async query<Type extends DnsRecordType>(type: Type, name: string): Promise<DnsAnswer<Type>> {
      try {
        const answer: DnsAnswer<DnsRecordType> = await ask(resolver, type, name);
        // Of the type that was asked for.
        return answer as DnsAnswer<Type>;
      } catch (error) {
        if (isNothing(error)) return { records: [], ttlSeconds: null };
        throw error;
      }
    },
  };
}

async function ask(
  resolver: Resolver,
  type: DnsRecordType,
  name: string,
): Promise<DnsAnswer<DnsRecordType>> {
  switch (type) {
    case 'A':
      return withTtl(await resolver.resolve4(name, { ttl: true }));
    case 'AAAA':
      return withTtl(await resolver.resolve6(name, { ttl: true }));
    case 'SRV': {
      const rows = await resolver.resolveSrv(name);
      return { records: rows.map((row) => ({ ...row, target: row.name })), ttlSeconds: null };
    }
    case 'NAPTR':
      return { records: await resolver.resolveNaptr(name), ttlSeconds: null };
  }
}

function isNothing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOTHING.has(String(error.code));
}

function withTtl(rows: readonly { readonly address: string; readonly ttl: number }[]): {
  readonly records: readonly DnsRecords['A'][];
  readonly ttlSeconds: number | null;
} {
  const ttlSeconds = rows.length === 0 ? null : Math.min(...rows.map(({ ttl }) => ttl));
  return { records: rows.map(({ address }) => ({ address })), ttlSeconds };
}
