import { z } from 'zod';
import {
  idSchema,
  mediaSecuritySchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  recordingRuleSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

export const trunkKindSchema = z.enum(['ip', 'registration', 'pbx']);
const stateSchema = z.enum(['active', 'suspended']);
const transportSchema = z.enum(['udp', 'tcp', 'tls']);
const numberFormatSchema = z.enum(['plus_e164', 'e164', 'national']);
/** P-Asserted-Identity, Remote-Party-ID, or From alone. */
export const identityHeaderSchema = z.enum(['pai', 'rpid', 'none']);

/** An IP address, or a range of them such as 192.0.2.0/28. */
const addressSchema = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'must be an IP address or a range such as 192.0.2.0/28',
);
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;
const isHost = (text: string): boolean => z.ipv6().safeParse(text).success || HOST_NAME.test(text);
const hostSchema = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isHost, 'must be a host name or an IP address');
/** "host", "host:port", "[2001:db8::1]:port". */
const proxySchema = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => {
    const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
    const port = Number(parts?.[3] ?? 5060);
    return parts !== null && isHost(parts[1] ?? parts[2] ?? '') && port >= 1 && port <= 65_535;
  }, 'must be a host, or host:port');
const portSchema = z.number().int().min(1).max(65_535);
const channelsSchema = z.number().int().min(0).max(100_000);
/** Printable ASCII: what every SIP server understands the same way in a digest. */
const usernameSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 characters without spaces');
const secretSchema = z.string().regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 ASCII characters');
const realmSchema = z
  .string()
  .trim()
  .regex(/^[^"\\\r\n\0]{1,253}$/, 'must be a realm');
/** RTP names of codecs that have one clock rate in practice (RFC 3551, RFC 7587). */
export const TRUNK_CODECS = [
  'PCMA',
  'PCMU',
  'G722',
  'G729',
  'opus',
  'GSM',
  'iLBC',
  'speex',
] as const;
const codecsSchema = z
  .array(z.enum(TRUNK_CODECS))
  .max(TRUNK_CODECS.length)
  .refine((codecs) => new Set(codecs).size === codecs.length, 'must name each codec once');
const countrySchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, 'must be a country code');
const stripSchema = z.number().int().min(0).max(15);
const prependSchema = z
  .string()
  .trim()
  .regex(/^\+?[\d*#]{0,15}$/, 'must be digits');
/** RFC 5626 §4.4.1 and common registrars: below a minute it is hammering. */
const registerSecondsSchema = z.number().int().min(60).max(3_600);
const optionsSecondsSchema = z.number().int().min(5).max(3_600);
const pemSchema = z
  .string()
  .trim()
  .max(64 * 1024)
  .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/, 'must be PEM');

export const listTrunksSchema = pageQuerySchema.extend({
  carrierId: idSchema.optional(),
  tenantId: idSchema.optional(),
  kind: trunkKindSchema.optional(),
  state: stateSchema.optional(),
});

/** What may be said of a trunk of any kind; null takes it back. */
const settings = {
  /** What it is matched by; a single address is also where it is reached. */
  address: addressSchema.nullish(),
  /** The name or address it is reached at, or registered with. */
  host: hostSchema.nullish(),
  /** Left out: by DNS or 5060 when dialling, any when matching. */
  port: portSchema.nullish(),
  /** Left out: by DNS or UDP when dialling, any when matching. */
  transport: transportSchema.nullish(),
  /** Everything is sent to this host[:port] instead. */
  proxy: proxySchema.nullish(),
  /** Who we are for a registrar. */
  username: usernameSchema.nullish(),
  /** Shown to nobody once it is saved. */
  secret: secretSchema.optional(),
  /** The realm of its challenges; left out: its host. Nobody else is given credentials. */
  realm: realmSchema.nullish(),
  registerSeconds: registerSecondsSchema.optional(),
  /** How often it is asked whether it lives (OPTIONS); null: never. */
  optionsSeconds: optionsSecondsSchema.nullish(),
  /** What it may be offered, in this order; none: everything. */
  codecs: codecsSchema.optional(),
  /** Whose national numbers it speaks of. */
  country: countrySchema.optional(),
  numberFormat: numberFormatSchema.optional(),
  stripDigits: stripSchema.optional(),
  prependDigits: prependSchema.optional(),
  numberFormatIn: numberFormatSchema.optional(),
  stripDigitsIn: stripSchema.optional(),
  prependDigitsIn: prependSchema.optional(),
  emergency: z.boolean().optional(),
  /** Of these countries alone; empty: of all. */
  emergencyCountries: z.array(countrySchema).max(60).optional(),
  trustedIdentity: z.boolean().optional(),
  /** By what it is told who calls, beside From. */
  identityHeader: identityHeaderSchema.optional(),
  mediaSecurity: mediaSecuritySchema.optional(),
  recording: recordingRuleSchema.optional(),
  maxChannels: channelsSchema.optional(),
  /** null: only the total counts. */
  maxChannelsIn: channelsSchema.nullish(),
  maxChannelsOut: channelsSchema.nullish(),
  maxCallsPerSecond: channelsSchema.nullish(),
  /** Fewer answered of a hundred calls put it behind the other routes for a while; null: never. */
  minAnswerPercent: z.number().int().min(1).max(100).nullish(),
  /** As does a shorter average call, in seconds. */
  minTalkSeconds: z.number().int().min(1).max(3_600).nullish(),
  /** The name that its certificate must bear; left out: the host. */
  tlsName: hostSchema.nullish(),
  /** PEM of the authority behind its certificate; left out: the system's. */
  tlsCa: pemSchema.nullish(),
};

export const createTrunkSchema = z.object({
  kind: trunkKindSchema.default('ip'),
  /** Needed for `ip` and `registration`. */
  carrierId: idSchema.optional(),
  /** Needed for `pbx`: whose PBX it is. */
  tenantId: idSchema.optional(),
  name: nameSchema,
  ...settings,
});

export const updateTrunkSchema = z.object({
  name: nameSchema.optional(),
  state: stateSchema.optional(),
  ...settings,
});

/** How a trunk does at the moment, as the switch last said. */
export const trunkConnectionSchema = z.object({
  /** null: it is not one that registers. */
  registration: z.enum(['registering', 'registered', 'failed']).nullable(),
  registeredUntil: timestampSchema.nullable(),
  /** Since when the registration is as it is. */
  registrationSince: timestampSchema.nullable(),
  /** null: nobody asks, or there was no answer to judge by yet. */
  health: z.enum(['up', 'down']).nullable(),
  healthSince: timestampSchema.nullable(),
  roundTripMs: z.number().int().nullable(),
  /** What was last wrong: a SIP status where there was an answer, and words. */
  errorStatus: z.number().int().nullable(),
  errorText: z.string().nullable(),
  /** Behind the other routes until then, as too few of its calls work; null: it is not. */
  demotedUntil: timestampSchema.nullable(),
  demotedWhy: z.string().nullable(),
});

export const trunkSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  kind: trunkKindSchema,
  carrier: z.object({ id: idSchema, name: z.string() }).nullable(),
  tenant: z.object({ id: idSchema, domain: z.string() }).nullable(),
  name: z.string(),
  state: stateSchema,
  address: z.string().nullable(),
  host: z.string().nullable(),
  port: z.number().int().nullable(),
  transport: transportSchema.nullable(),
  proxy: z.string().nullable(),
  username: z.string().nullable(),
  /** Whether a secret is set; it is never shown. */
  hasSecret: z.boolean(),
  realm: z.string().nullable(),
  registerSeconds: z.number().int(),
  optionsSeconds: z.number().int().nullable(),
  codecs: z.array(z.string()),
  country: z.string(),
  numberFormat: numberFormatSchema,
  stripDigits: z.number().int(),
  prependDigits: z.string(),
  numberFormatIn: numberFormatSchema,
  stripDigitsIn: z.number().int(),
  prependDigitsIn: z.string(),
  emergency: z.boolean(),
  emergencyCountries: z.array(z.string()),
  trustedIdentity: z.boolean(),
  identityHeader: identityHeaderSchema,
  mediaSecurity: mediaSecuritySchema,
  recording: recordingRuleSchema,
  maxChannels: z.number().int(),
  maxChannelsIn: z.number().int().nullable(),
  maxChannelsOut: z.number().int().nullable(),
  maxCallsPerSecond: z.number().int().nullable(),
  minAnswerPercent: z.number().int().nullable(),
  minTalkSeconds: z.number().int().nullable(),
  tlsName: z.string().nullable(),
  tlsCa: z.string().nullable(),
  connection: trunkConnectionSchema,
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

/** What a PBX registers with; only the answer that made it shows the secret. */
export const trunkSecretSchema = z.object({
  trunkId: idSchema,
  username: z.string(),
  domain: z.string(),
  secret: z.string(),
});

export const trunkPageSchema = pageOf(trunkSchema);

export type TrunkKind = z.infer<typeof trunkKindSchema>;
export type ListTrunksInput = z.input<typeof listTrunksSchema>;
export type CreateTrunkInput = z.input<typeof createTrunkSchema>;
export type CreateTrunkData = z.output<typeof createTrunkSchema>;
export type UpdateTrunkInput = z.input<typeof updateTrunkSchema>;
export type UpdateTrunkData = z.output<typeof updateTrunkSchema>;
export type WireTrunk = z.infer<typeof trunkSchema>;
export type WireTrunkConnection = z.infer<typeof trunkConnectionSchema>;
export type RevealedTrunkSecret = z.infer<typeof trunkSecretSchema>;
