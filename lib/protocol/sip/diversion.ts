import { formatNameAddr, parseNameAddr } from './name-addr';
import { escapeUser, parseUri, unescapeOnce, uriUser } from './uri';

/** Why a call was diverted (RFC 5806 §3). */
export const DIVERSION_REASONS = [
  'unconditional',
  'user-busy',
  'no-answer',
  'unavailable',
  'deflection',
  'unknown',
] as const;
export type DiversionReason = (typeof DIVERSION_REASONS)[number];

/** One diversion that a call has behind it. */
export interface Diversion {
  /** Who diverted it: the user part, as a wire string; '' = withheld. */
  readonly user: string;
  readonly reason: DiversionReason;
  /** How many diversions this entry stands for. */
  readonly counter: number;
  /** The number is not for everybody's eyes. */
  readonly isPrivate: boolean;
}

/**
 * How much of a call's past is read. RFC 5806 §5 leaves the limit to us; networks cut forwarding
 * chains at five (ETSI TS 183 004 §4.5.2.6.1).
 */
export const MAX_DIVERSIONS = 5;
/** A counter that says more is cut: it only has to be over the limit. */
const MAX_COUNTER = 99;
/** Longer users are nobody's number. */
const MAX_USER_CHARACTERS = 64;

const ANONYMOUS_URI = 'sip:anonymous@anonymous.invalid';

/** RFC 4458 §2.4, RFC 7044 §10.2: reasons as SIP causes. */
const CAUSE_OF_REASON: Readonly<Record<DiversionReason, number>> = {
  unconditional: 302,
  'user-busy': 486,
  'no-answer': 408,
  unavailable: 503,
  deflection: 480,
  unknown: 404,
};

const REASON_OF_CAUSE: ReadonlyMap<number, DiversionReason> = new Map([
  ...DIVERSION_REASONS.map((reason): [number, DiversionReason] => [
    CAUSE_OF_REASON[reason],
    reason,
  ]),
  [301, 'unconditional'],
  [600, 'user-busy'],
  [603, 'user-busy'],
  [487, 'deflection'],
]);

function isReason(text: string): text is DiversionReason {
  return (DIVERSION_REASONS as readonly string[]).includes(text);
}

/** A user as it may be kept; '' for one that is anonymous or absurd. */
function keptUser(uri: string): string {
  const parsed = parseUri(uri);
  const user = parsed === undefined ? '' : uriUser(parsed);
  if (user.length > MAX_USER_CHARACTERS || user.toLowerCase() === 'anonymous') return '';
  return user;
}

/** Reads Diversion headers (RFC 5806), the latest diversion first. Broken entries are passed over. */
export function parseDiversions(values: readonly string[]): readonly Diversion[] {
  const diversions: Diversion[] = [];
  for (const value of values.slice(0, MAX_DIVERSIONS)) {
    const address = parseNameAddr(value);
    if (!address) continue;
    const reason = address.params.get('reason')?.toLowerCase() ?? 'unknown';
    const counter = Number(address.params.get('counter') ?? '1');
    const privacy = address.params.get('privacy')?.toLowerCase() ?? 'off';
    const user = keptUser(address.uri);
    diversions.push({
      user,
      reason: isReason(reason) ? reason : 'unknown',
      counter: Number.isInteger(counter) && counter >= 1 ? Math.min(counter, MAX_COUNTER) : 1,
      isPrivate: privacy !== 'off' || user === '',
    });
  }
  return diversions;
}

interface HistoryEntry {
  readonly index: readonly number[];
  readonly user: string;
  readonly cause: number | null;
  readonly isPrivate: boolean;
}

const INDEX_PATTERN = /^\d{1,3}(?:\.\d{1,3}){0,15}$/;

function parseHistoryEntry(value: string): HistoryEntry | undefined {
  const address = parseNameAddr(value);
  const index = address?.params.get('index') ?? '';
  const uri = address && parseUri(address.uri);
  if (!address || !uri || !INDEX_PATTERN.test(index)) return undefined;
  const headers = new Map<string, string>();
  for (const pair of (uri.scheme === 'tel' ? '' : uri.headers).split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) {
      headers.set(pair.slice(0, equals).toLowerCase(), unescapeOnce(pair.slice(equals + 1)) ?? '');
    }
  }
  const reason = /^sip\s*;\s*cause\s*=\s*(\d{3})/i.exec(headers.get('reason') ?? '');
  const privacy = headers.get('privacy')?.toLowerCase() ?? 'none';
  const user = keptUser(address.uri);
  return {
    index: index.split('.').map(Number),
    user,
    cause: reason ? Number(reason[1]) : null,
    isPrivate: privacy !== 'none' || user === '',
  };
}

function compareIndexes(one: readonly number[], other: readonly number[]): number {
  for (let place = 0; place < Math.max(one.length, other.length); place += 1) {
    const difference = (one[place] ?? -1) - (other[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Reads History-Info (RFC 7044) as diversions, the latest first: every entry that was left for
 * another user bears the Reason for it; the last entry is the target itself. Mere routing between
 * servers bears none and is passed over.
 */
export function parseHistory(values: readonly string[]): readonly Diversion[] {
  return values
    .slice(0, MAX_DIVERSIONS * 4)
    .flatMap((value) => parseHistoryEntry(value) ?? [])
    .sort((one, other) => compareIndexes(other.index, one.index))
    .slice(1)
    .flatMap(({ user, cause, isPrivate }): Diversion[] =>
      cause === null
        ? []
        : [{ user, reason: REASON_OF_CAUSE.get(cause) ?? 'unknown', counter: 1, isPrivate }],
    )
    .slice(0, MAX_DIVERSIONS);
}

/** How many diversions a call has behind it. */
export function diversionCount(diversions: readonly Diversion[]): number {
  return diversions.reduce((sum, { counter }) => sum + counter, 0);
}

/** Where diversions are told, and how much of them may be. */
export interface DiversionAudience {
  /** Stands behind each user's "@". */
  readonly host: string;
  /** To whom the call goes now, as History-Info's last entry. */
  readonly target: string;
  /** Inside the trust domain private numbers are sent, marked as private (RFC 3325 §7). */
  readonly isTrusted: boolean;
}

/** Diversion and History-Info of a call that was diverted; none of both where it was not. */
export function formatDiversions(
  diversions: readonly Diversion[],
  audience: DiversionAudience,
): { readonly diversion: readonly string[]; readonly history: readonly string[] } | null {
  if (diversions.length === 0) return null;
  const uriOf = ({ user, isPrivate }: Diversion): string =>
    user === '' || user.includes('\0') || (isPrivate && !audience.isTrusted)
      ? ANONYMOUS_URI
      : `sip:${escapeUser(user)}@${audience.host}`;
  const kept = diversions.slice(0, MAX_DIVERSIONS);
  const diversion = kept.map((each) =>
    formatNameAddr({
      uri: uriOf(each),
      params: new Map([
        ['reason', each.reason],
        ['counter', String(each.counter)],
        ['privacy', each.isPrivate ? 'full' : 'off'],
      ]),
    }),
  );
  const oldestFirst = [...kept].reverse();
  const history = oldestFirst.map((each, place) => {
    const headers = [
      `Reason=SIP%3Bcause%3D${CAUSE_OF_REASON[each.reason]}`,
      ...(each.isPrivate ? ['Privacy=history'] : []),
    ].join('&');
    return `<${uriOf(each)}?${headers}>;${indexOf(place)}`;
  });
  const target = `sip:${escapeUser(audience.target)}@${audience.host}`;
  history.push(`<${target}>;${indexOf(oldestFirst.length)}`);
  return { diversion, history };
}

/** "index=1.1.1;mp=1.1": each entry was mapped from the one before it (RFC 7044 §10.3). */
function indexOf(place: number): string {
  const index = (depth: number) => Array.from({ length: depth }, () => '1').join('.');
  return place === 0 ? 'index=1' : `index=${index(place + 1)};mp=${index(place)}`;
}
