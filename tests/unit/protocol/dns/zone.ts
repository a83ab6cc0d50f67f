import type { DnsAnswer, DnsRecords, DnsRecordType, DnsSource } from '@/lib/protocol/dns/types';

/** Records by "TYPE name"; an Error is a name server that fails. */
export type Zone = Readonly<Record<string, readonly DnsRecords[DnsRecordType][] | Error>>;

/** A zone in memory that counts what it was asked. */
export class FakeZone implements DnsSource {
  readonly asked: string[] = [];
  records: Zone;
  ttlSeconds: number | null = 300;

  constructor(records: Zone) {
    this.records = records;
  }

  async query<Type extends DnsRecordType>(type: Type, name: string): Promise<DnsAnswer<Type>> {
    const key = `${type} ${name}`;
    this.asked.push(key);
    const records = this.records[key] ?? [];
    if (records instanceof Error) throw records;
    return { records: records as readonly DnsRecords[Type][], ttlSeconds: this.ttlSeconds };
  }
}

export const a = (address: string) => ({ address });
/** Priority, weight, port. */
export const srv = (
  [priority, weight, port]: readonly [number, number, number],
  target: string,
) => ({
  priority,
  weight,
  port,
  target,
});
export const naptr = (order: number, service: string, replacement: string) => ({
  order,
  preference: 10,
  flags: service.startsWith('E2U') ? 'u' : 's',
  service,
  replacement,
});
