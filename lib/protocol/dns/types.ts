/** An A or AAAA record. */
export interface AddressRecord {
  readonly address: string;
}

/** RFC 2782. A target of "." says that the service is decidedly not there. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** RFC 3403, as far as RFC 3263 §4.1 uses it. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  /** "SIP+D2U", "SIP+D2T", "SIPS+D2T", … */
  readonly service: string;
  readonly replacement: string;
}

/** What each type of question is answered with. */
export interface DnsRecords {
  readonly A: AddressRecord;
  readonly AAAA: AddressRecord;
  readonly SRV: SrvRecord;
  readonly NAPTR: NaptrRecord;
}

export type DnsRecordType = keyof DnsRecords;

/** What a name server said. No records: there are none (NXDOMAIN and NODATA alike). */
export interface DnsAnswer<Type extends DnsRecordType> {
  readonly records: readonly DnsRecords[Type][];
  /** How long it may be kept; null where the source can't tell. */
  readonly ttlSeconds: number | null;
}

/** Whoever answers questions: a resolver, a cache over one, a test's zone. */
export interface DnsSource {
  /** Throws where nobody answered, or only with a failure: that says nothing about the name. */
  query<Type extends DnsRecordType>(type: Type, name: string): Promise<DnsAnswer<Type>>;
}

/** Transports over which a SIP server can be located. */
export type TargetTransport = 'udp' | 'tcp' | 'tls';

/** One place at which a SIP server may be reached. */
export interface SipTarget {
  readonly transport: TargetTransport;
  /** Canonical, without brackets. */
  readonly address: string;
  readonly port: number;
}
