import { z } from 'zod';
import {
  type CreateTrunkInput,
  identityHeaderSchema,
  TRUNK_CODECS,
  type UpdateTrunkInput,
  type WireTrunk,
} from '@/lib/services/trunks/schemas';
import { mediaSecuritySchema, nameSchema, recordingRuleSchema } from '@/lib/services/wire/schemas';

/** An IPv6 address in brackets where a port follows (RFC 3261 §25.1, IPv6reference). */
export function bracketAddress(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const isAddress = (text: string): boolean =>
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()].some((schema) => schema.safeParse(text).success);

/** Whether digits, kept as they are typed, are a number within bounds. */
const isWithin = (text: string, min: number, max: number): boolean =>
  /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max;

const count = (max: number, message: string) =>
  z.string().refine((text) => text === '' || isWithin(text, 0, max), message);
const CHANNELS = 'must be a number from 0 to 100000';

/** Codecs as they are typed: "PCMA, G722". */
const codecsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const isCodec = (word: string): word is (typeof TRUNK_CODECS)[number] =>
  TRUNK_CODECS.some((codec) => codec === word);

/** What is typed about a trunk; texts, as inputs have them. */
export const trunkFormSchema = z
  .object({
    kind: z.enum(['ip', 'registration', 'pbx']),
    carrierId: z.string(),
    name: nameSchema,
    address: z
      .string()
      .trim()
      // One sentence for all forms; a union would tell of each.
      .refine((text) => text === '' || isAddress(text), 'must be an IP address or a range'),
    host: z.string().trim().max(253),
    port: z
      .string()
      .refine((text) => text === '' || isWithin(text, 1, 65_535), 'must be a port from 1 to 65535'),
    transport: z.enum(['any', 'udp', 'tcp', 'tls']),
    proxy: z.string().trim().max(260),
    username: z.string().trim().max(64),
    /** '' = as it is. */
    secret: z.string().max(128),
    realm: z.string().trim().max(253),
    optionsSeconds: z
      .string()
      .refine((text) => text === '' || isWithin(text, 5, 3_600), 'must be 5 to 3600 seconds'),
    codecs: z
      .string()
      .refine((text) => codecsOf(text).every(isCodec), `must be of ${TRUNK_CODECS.join(', ')}`),
    numberFormat: z.enum(['plus_e164', 'e164', 'national']),
    numberFormatIn: z.enum(['plus_e164', 'e164', 'national']),
    country: z.string().trim().toUpperCase().length(2, 'must be a country code such as US'),
    stripDigits: count(15, 'must be a number from 0 to 15'),
    prependDigits: z
      .string()
      .trim()
      .regex(/^\+?[\d*#]{0,15}$/, 'must be digits'),
    maxChannels: z
      .string()
      .refine((text) => isWithin(text, 0, 100_000), 'must be a number from 0 to 100000'),
    maxChannelsIn: count(100_000, CHANNELS),
    maxChannelsOut: count(100_000, CHANNELS),
    maxCallsPerSecond: count(100_000, CHANNELS),
    minAnswerPercent: z
      .string()
      .refine((text) => text === '' || isWithin(text, 1, 100), 'must be a number from 1 to 100'),
    minTalkSeconds: z
      .string()
      .refine((text) => text === '' || isWithin(text, 1, 3_600), 'must be 1 to 3600 seconds'),
    tlsName: z.string().trim().max(253),
    tlsCa: z.string().trim(),
    emergency: z.boolean(),
    /** As typed: codes with commas between. */
    emergencyCountries: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^([A-Z]{2}([\s,]+|$))*$/, 'must be codes such as US, CA'),
    trustedIdentity: z.boolean(),
    identityHeader: identityHeaderSchema,
    mediaSecurity: mediaSecuritySchema,
    recording: recordingRuleSchema,
  })
  .superRefine((form, context) => {
    const need = (path: keyof typeof form) => {
      if (form[path] === '')
        context.addIssue({ code: 'custom', path: [path], message: 'is needed' });
    };
    if (form.kind === 'ip') need('address');
    if (form.kind !== 'registration') return;
    need('host');
    need('username');
  });
export type TrunkForm = z.infer<typeof trunkFormSchema>;

const textOf = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : `${value}`;

/** What a form shows at first: an existing trunk, or the usual values. */
export function trunkFormOf(trunk: WireTrunk | null, carrierId: string): TrunkForm {
  return {
    kind: trunk?.kind ?? 'ip',
    carrierId: trunk?.carrier?.id ?? carrierId,
    name: trunk?.name ?? '',
    address: textOf(trunk?.address),
    host: textOf(trunk?.host),
    port: textOf(trunk?.port),
    transport: trunk ? (trunk.transport ?? 'any') : 'udp',
    proxy: textOf(trunk?.proxy),
    username: textOf(trunk?.username),
    secret: '',
    realm: textOf(trunk?.realm),
    optionsSeconds: trunk ? textOf(trunk.optionsSeconds) : '30',
    codecs: (trunk?.codecs ?? []).join(', '),
    numberFormat: trunk?.numberFormat ?? 'plus_e164',
    numberFormatIn: trunk?.numberFormatIn ?? 'plus_e164',
    country: trunk?.country ?? 'US',
    stripDigits: textOf(trunk?.stripDigits || null),
    prependDigits: trunk?.prependDigits ?? '',
    maxChannels: `${trunk?.maxChannels ?? 100}`,
    maxChannelsIn: textOf(trunk?.maxChannelsIn),
    maxChannelsOut: textOf(trunk?.maxChannelsOut),
    maxCallsPerSecond: textOf(trunk?.maxCallsPerSecond),
    minAnswerPercent: textOf(trunk?.minAnswerPercent),
    minTalkSeconds: textOf(trunk?.minTalkSeconds),
    tlsName: textOf(trunk?.tlsName),
    tlsCa: textOf(trunk?.tlsCa),
    emergency: trunk?.emergency ?? false,
    emergencyCountries: (trunk?.emergencyCountries ?? []).join(', '),
    trustedIdentity: trunk?.trustedIdentity ?? false,
    identityHeader: trunk?.identityHeader ?? 'pai',
    mediaSecurity: trunk?.mediaSecurity ?? 'auto',
    recording: trunk?.recording ?? 'on_demand',
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);
const numberOrNull = (text: string): number | null => (text === '' ? null : Number(text));

/** The settings that the API takes for a new trunk and for a change alike. */
export function trunkSettingsOf(form: TrunkForm): UpdateTrunkInput & { name: string } {
  const isPbx = form.kind === 'pbx';
  return {
    name: form.name,
    port: numberOrNull(form.port),
    transport: form.transport === 'any' ? null : form.transport,
    host: orNull(form.host),
    address: form.kind === 'registration' ? null : orNull(form.address),
    proxy: orNull(form.proxy),
    ...(isPbx ? {} : { username: orNull(form.username), realm: orNull(form.realm) }),
    ...(form.secret === '' || isPbx ? {} : { secret: form.secret }),
    optionsSeconds: numberOrNull(form.optionsSeconds),
    codecs: codecsOf(form.codecs).filter(isCodec),
    numberFormat: form.numberFormat,
    numberFormatIn: form.numberFormatIn,
    country: form.country,
    stripDigits: Number(form.stripDigits),
    prependDigits: form.prependDigits,
    maxChannels: Number(form.maxChannels),
    maxChannelsIn: numberOrNull(form.maxChannelsIn),
    maxChannelsOut: numberOrNull(form.maxChannelsOut),
    maxCallsPerSecond: numberOrNull(form.maxCallsPerSecond),
    ...(isPbx
      ? {}
      : {
          minAnswerPercent: numberOrNull(form.minAnswerPercent),
          minTalkSeconds: numberOrNull(form.minTalkSeconds),
        }),
    tlsName: orNull(form.tlsName),
    tlsCa: orNull(form.tlsCa),
    emergency: form.emergency,
    emergencyCountries: form.emergencyCountries.split(/[\s,]+/).filter((code) => code !== ''),
    trustedIdentity: form.trustedIdentity,
    recording: form.recording,
    identityHeader: form.identityHeader,
    mediaSecurity: form.mediaSecurity,
  };
}

/** A new trunk as the API takes it. */
export function trunkInputOf(form: TrunkForm): CreateTrunkInput {
  return { ...trunkSettingsOf(form), kind: form.kind, carrierId: form.carrierId };
}
