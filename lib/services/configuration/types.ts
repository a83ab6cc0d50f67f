import type { RuledSubject } from '@/lib/core/call-plan/call-rules';
import type {
  AccountView,
  CallLimits,
  CarrierView,
  ExtensionView,
  NumberView,
  RouteGroupView,
  TenantView,
  TrunkView,
} from '@/lib/core/call-plan/views';
import type { Cidr } from '@/lib/core/cidr';
import type { ConfigKind } from '@/lib/core/config-kinds';
import type { DestinationClass } from '@/lib/core/destinations/classes';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { E164 } from '@/lib/core/phone-number';
import type { BandPlan } from '@/lib/core/rating/bands';
import type { ExchangeRateView } from '@/lib/core/rating/fx';
import type { DeckInfo } from '@/lib/core/rating/rate';
import type { RecordingConsent, RecordingRule } from '@/lib/core/recording-policy';

/** Names an object in one of its states. */
export interface ConfigRef {
  readonly kind: ConfigKind;
  readonly objectId: string;
  readonly generation: bigint;
}

interface Generated {
  readonly generation: bigint;
}

/** An account as calls need it, with the path that orders the tree. */
export interface ConfigAccount extends AccountView, Generated {
  /** "/<root>/…/<id>/". */
  readonly path: string;
  readonly timeZone: string;
  /** Its own words in place of ours: ids of sounds by the names of core/announcements. */
  readonly announcements: Readonly<Record<string, string>>;
}

/** A tenant; which number it shows by default follows from the numbers (the oldest in service). */
export interface ConfigTenant extends Omit<TenantView, 'callerNumber'>, Generated {
  /** For how many days the signalling of its calls is kept; null: not at all. */
  readonly captureDays: number | null;
  /** Its phones are told in words or by a tone why a call is refused, before the status. */
  readonly announcesRefusals: boolean;
  /** Whoever is held by one of its phones hears music. */
  readonly hasHoldMusic: boolean;
  /** The sound that it is; null: the piece that is built in. */
  readonly holdSoundId: string | null;
  /** Absent where its calls are not recorded. */
  readonly recording?: RecordingSettings | null;
}

/** How recordings of a tenant are made. */
export interface RecordingSettings {
  readonly consent: RecordingConsent;
  readonly format: 'wav' | 'opus';
  readonly isSealed: boolean;
  /** They take all the room that they have. */
  readonly isFull: boolean;
}

/** Where an extension's calls go on to: digits as its tenant would dial them, or null = nowhere. */
export interface ExtensionForwarding {
  /** Its phones are not rung at all. */
  readonly always: string | null;
  readonly busy: string | null;
  readonly noAnswer: string | null;
  /** No phone is registered, or none can be reached. */
  readonly unreachable: string | null;
  /** How long it rings before `noAnswer` takes over. */
  readonly noAnswerSeconds: number;
}

/** How media is protected in calls to somebody; `auto`: as his transport suggests. */
export type MediaSecurity = 'auto' | 'off' | 'sdes' | 'dtls';

/** An extension with its sealed secret (opened by `openExtensionSecret`). */
export interface ConfigExtension extends Omit<ExtensionView, 'callerNumber'>, Generated {
  readonly name: string;
  readonly callerNumberId: string | null;
  readonly forwarding: ExtensionForwarding;
  readonly mediaSecurity: MediaSecurity;
  /** The stricter of its own and that of the plan that granted it; absent: where somebody asks for it. */
  readonly recording?: RecordingRule | null;
  readonly secretSealed: Buffer;
}

export interface ConfigCarrier extends CarrierView, Generated {}

/** By what a trunk is told who calls, beside From: P-Asserted-Identity, Remote-Party-ID, nothing. */
export type IdentityHeader = 'pai' | 'rpid' | 'none';

/** How numbers are written in one direction; stripping and prepending come last, in this order. */
export interface TrunkNumbers {
  readonly format: 'plus_e164' | 'e164' | 'national';
  /** ISO 3166 alpha-2: whose national numbers are meant. */
  readonly country: string;
  readonly strip: number;
  readonly prepend: string;
}

/** A trunk with where it is reached and matched. */
export interface ConfigTrunk extends TrunkView, Generated {
  readonly accountId: string;
  readonly kind: 'ip' | 'registration' | 'pbx';
  /** The IP address or range it is matched by, in canonical form. */
  readonly address: string | null;
  /** The name or address it is reached at, or registered with; its address if absent. */
  readonly host: string | null;
  /** By DNS or 5060 if absent when dialling, any port if absent when matching. */
  readonly port: number | null;
  /** By DNS or UDP if absent when dialling, any transport if absent when matching. */
  readonly transport: 'udp' | 'tcp' | 'tls' | null;
  /** "host[:port]" that everything is sent to instead. */
  readonly proxy: string | null;
  readonly username: string | null;
  /** Opened by `openTrunkSecret`. */
  readonly secretSealed: Buffer | null;
  readonly realm: string | null;
  readonly registerSeconds: number;
  /** null: it is not asked whether it lives. */
  readonly optionsSeconds: number | null;
  /** RTP names, the preferred first; empty: all. */
  readonly codecs: readonly string[];
  /** How numbers are written to it. */
  readonly numbersOut: TrunkNumbers;
  /** How it writes numbers to us. */
  readonly numbersIn: TrunkNumbers;
  /** Its word about who calls is believed (RFC 3325). */
  readonly trustedIdentity: boolean;
  readonly identityHeader: IdentityHeader;
  readonly mediaSecurity: MediaSecurity;
  /** Absent: where somebody asks for it. */
  readonly recording?: RecordingRule | null;
  /** Fewer answered of a hundred calls put it behind the others; null: not judged by that. */
  readonly minAnswerPercent: number | null;
  /** As does a shorter average call. */
  readonly minTalkSeconds: number | null;
  /** The name its certificate must bear; its host if absent. */
  readonly tlsName: string | null;
  /** PEM; the system's authorities if absent. */
  readonly tlsCa: string | null;
  /** Takes emergency calls. */
  readonly emergency: boolean;
  /** Of these countries alone; empty: of all. */
  readonly emergencyCountries: readonly string[];
}

/** A route group with its members, in no particular order. */
export interface ConfigRouteGroup extends RouteGroupView, Generated {}

export interface ConfigNumber extends NumberView, Generated {
  readonly id: string;
  readonly accountId: string;
}

/** A deck without its rates; those are read by `loadDeckRates` for the version that is live. */
export interface ConfigDeck extends Generated {
  readonly id: string;
  readonly accountId: string;
  readonly kind: 'sell' | 'buy';
  /** By which routes calls leave that are sold at it; null: the operator's oldest group. */
  readonly routeGroupId: string | null;
  /** null: nothing published yet, so it prices nothing. */
  readonly active: {
    readonly versionId: string;
    readonly info: DeckInfo;
    /** null: its prices are the same at all times. */
    readonly bands: BandPlan | null;
  } | null;
}

/** What is said about a range of addresses; see services/bans. */
export interface ConfigAddressRule extends Generated {
  readonly id: string;
  readonly action: 'ban' | 'allow';
  /** Whether the switch made it by itself. */
  readonly origin: 'switch' | 'person';
  readonly cidr: Cidr;
  readonly reason: string;
  readonly detail: string;
  readonly level: number;
  readonly attempts: number;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number | null;
}

/** What a currency is worth in another from a moment on; see services/exchange-rates. */
export interface ConfigExchangeRate extends ExchangeRateView, Generated {
  readonly id: string;
}

/** Limits that were set for a subject beside those that stand with the object itself. */
export interface ConfigCallLimit extends Generated {
  readonly id: string;
  /** Whose subtree the subject is in. */
  readonly accountId: string;
  readonly subject: RuledSubject;
  readonly subjectId: string;
  readonly limits: CallLimits;
}

/** The operator's own word on what kind of number a prefix is. */
export interface ConfigDestinationPrefix extends Generated {
  readonly id: string;
  readonly prefix: string;
  readonly class: DestinationClass;
}

export interface ConfigFraudProfile extends Generated {
  readonly id: string;
  readonly profile: FraudProfile;
}

/** An extension or account that may not call out, or was released since. */
export interface ConfigFraudBlock extends Generated {
  readonly id: string;
  readonly accountId: string;
  readonly subject: 'account' | 'extension';
  readonly subjectId: string;
  readonly rule: string;
  readonly isReleased: boolean;
}

export interface ConfigVerifiedNumber extends Generated {
  readonly id: string;
  readonly tenantId: string;
  readonly e164: E164;
}

/** Configured objects by kind, the oldest first. */
export interface ConfigObjects {
  readonly accounts: readonly ConfigAccount[];
  readonly tenants: readonly ConfigTenant[];
  readonly extensions: readonly ConfigExtension[];
  readonly carriers: readonly ConfigCarrier[];
  readonly trunks: readonly ConfigTrunk[];
  readonly routeGroups: readonly ConfigRouteGroup[];
  readonly numbers: readonly ConfigNumber[];
  readonly decks: readonly ConfigDeck[];
  readonly addressRules: readonly ConfigAddressRule[];
  readonly exchangeRates: readonly ConfigExchangeRate[];
  readonly callLimits: readonly ConfigCallLimit[];
  readonly destinationPrefixes: readonly ConfigDestinationPrefix[];
  readonly fraudProfiles: readonly ConfigFraudProfile[];
  readonly fraudBlocks: readonly ConfigFraudBlock[];
  readonly verifiedNumbers: readonly ConfigVerifiedNumber[];
}

/** What a complete copy of a kind adds up to. */
export interface ConfigChecksum {
  readonly count: number;
  readonly generationSum: bigint;
}
export type ConfigChecksums = Readonly<Record<ConfigKind, ConfigChecksum>>;

/**
 * Up to where the reader has seen every committed change: a transaction id as decimal text.
 * Changes at or past it may be seen again, never missed.
 */
export type ConfigWatermark = string;

/** Everything, as of one moment. */
export interface ConfigDirectory extends ConfigObjects {
  readonly watermark: ConfigWatermark;
  readonly checksums: ConfigChecksums;
}

/** What changed since a watermark, as of one moment. */
export interface ConfigChanges {
  /** Pass this next time. */
  readonly watermark: ConfigWatermark;
  /** The objects that were written, whole. Some may be known already at the same generation. */
  readonly changed: ConfigObjects;
  /** The objects that are gone; the generation is the tombstone's. */
  readonly deleted: readonly ConfigRef[];
  /** What the tables add up to at that same moment: equal to the reader's copy, or it has drifted. */
  readonly checksums: ConfigChecksums;
}
