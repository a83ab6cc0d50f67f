/** A ban that the switch made by itself, to be written. */
export interface BanRecord {
  readonly id: string;
  /** An IPv4 address or an IPv6 range of 64 bits, in any spelling. */
  readonly source: string;
  readonly reason: string;
  readonly detail: string;
  readonly level: number;
  readonly attempts: number;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What the switch has to tell about addresses since it last wrote. */
export interface BanBatch {
  readonly made: readonly BanRecord[];
  /** Messages dropped since, by the id of the rule or ban that dropped them. */
  readonly attempts: ReadonlyMap<string, number>;
}
