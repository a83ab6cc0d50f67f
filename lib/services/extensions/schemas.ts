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

export const extensionNumberSchema = z
  .string()
  .regex(/^[1-9]\d{1,7}$/, 'must be 2 to 8 digits and not begin with 0');

const stateSchema = z.enum(['active', 'suspended']);

export const listExtensionsSchema = pageQuerySchema.extend({
  tenantId: idSchema.optional(),
  accountId: idSchema.optional(),
  subscriptionId: idSchema.optional(),
  state: stateSchema.optional(),
  /** Part of the name, or the beginning of the number. */
  search: z.string().trim().max(100).optional(),
});

export const createExtensionSchema = z.object({
  tenantId: idSchema,
  /** Left out: the lowest free one. */
  number: extensionNumberSchema.optional(),
  name: nameSchema,
  /** Left out: generated; either way it can be revealed once. */
  secret: z.string().optional(),
  callerNumberId: idSchema.nullish(),
});

/** Where calls go on to, as the tenant would dial it; null: they don't. */
const forwardTargetSchema = z.string().trim().min(1).max(40).nullable();

/** A phone rings a few times at least; the network gives up after two minutes. */
export const forwardSecondsSchema = z.number().int().min(5).max(120);

export const updateForwardingSchema = z.object({
  /** Its phones are not rung at all. */
  always: forwardTargetSchema.optional(),
  busy: forwardTargetSchema.optional(),
  noAnswer: forwardTargetSchema.optional(),
  /** No phone is registered, or none can be reached. */
  unreachable: forwardTargetSchema.optional(),
  /** How long it rings before `noAnswer` takes over. */
  noAnswerSeconds: forwardSecondsSchema.optional(),
});

export const updateExtensionSchema = z.object({
  name: nameSchema.optional(),
  state: stateSchema.optional(),
  callerNumberId: idSchema.nullish(),
  /** A person of the account; at most one extension of a tenant is theirs. */
  userId: idSchema.nullish(),
  /** What is left out stays. Each forwarded call is a call of this extension, and paid like one. */
  forwarding: updateForwardingSchema.optional(),
  mediaSecurity: mediaSecuritySchema.optional(),
  recording: recordingRuleSchema.optional(),
});

export const bindingSchema = z.object({
  id: idSchema,
  contactUri: z.string(),
  userAgent: z.string(),
  address: z.string(),
  port: z.number().int(),
  transport: z.string(),
  registeredAt: timestampSchema,
  refreshedAt: timestampSchema,
  expiresAt: timestampSchema,
});

export const extensionSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  tenantId: idSchema,
  domain: z.string(),
  number: z.string(),
  name: z.string(),
  state: stateSchema,
  /** The number shown to those it calls; null: the tenant's first. */
  callerNumber: z.object({ id: idSchema, e164: z.string() }).nullable(),
  /** The person whose phone it is, in a browser too; null: nobody in particular. */
  user: z.object({ id: idSchema, name: z.string() }).nullable(),
  /** Numbers delivered to it. */
  numbers: z.array(z.object({ id: idSchema, e164: z.string() })),
  /** Where its calls go on to, as it would dial it; null: they don't. */
  forwarding: z.object({
    always: z.string().nullable(),
    busy: z.string().nullable(),
    noAnswer: z.string().nullable(),
    unreachable: z.string().nullable(),
    noAnswerSeconds: forwardSecondsSchema,
  }),
  mediaSecurity: mediaSecuritySchema,
  recording: recordingRuleSchema,
  subscriptionId: idSchema.nullable(),
  secret: z.object({ setAt: timestampSchema, revealedAt: timestampSchema.nullable() }),
  registration: z.object({
    registered: z.boolean(),
    bindings: z.array(bindingSchema),
  }),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const extensionPageSchema = pageOf(extensionSchema);

export const provisioningTokenSchema = z.object({
  /** Works once, for ten minutes; a POST to `path` answers with the credentials. */
  token: z.string(),
  path: z.string(),
  expiresAt: timestampSchema,
});

export const sipCredentialsSchema = z.object({
  extensionId: idSchema,
  username: z.string(),
  domain: z.string(),
  secret: z.string(),
  displayName: z.string(),
});

/** What is shown when a secret is revealed: itself, and a token by which a phone may fetch it. */
export const revealedSecretSchema = sipCredentialsSchema.extend({
  provisioning: provisioningTokenSchema,
});

export const mintBrowserCredentialSchema = z.object({
  /** Left out: the extension of the person who is signed in. */
  extensionId: idSchema.optional(),
});

/** All that a phone in a browser needs. The secret works until `expiresAt`, over WebSocket alone. */
export const browserCredentialSchema = z.object({
  extension: z.object({
    id: idSchema,
    tenantId: idSchema,
    number: z.string(),
    name: z.string(),
  }),
  domain: z.string(),
  /** ISO 3166 alpha-2: ringing, busy and congestion sound as people there know them. */
  country: z.string(),
  username: z.string(),
  secret: z.string(),
  expiresAt: timestampSchema,
  /** Where the switch is reached (RFC 7118), the best first. */
  webSocketUrls: z.array(z.string()),
  /** For an RTCPeerConnection as they are; a TURN server's credentials end by themselves. */
  iceServers: z.array(
    z.object({ urls: z.array(z.string()), username: z.string(), credential: z.string() }),
  ),
});

export type ListExtensionsInput = z.input<typeof listExtensionsSchema>;
export type CreateExtensionInput = z.input<typeof createExtensionSchema>;
export type UpdateExtensionInput = z.input<typeof updateExtensionSchema>;
export type UpdateForwarding = z.infer<typeof updateForwardingSchema>;
export type WireExtension = z.infer<typeof extensionSchema>;
export type WireBinding = z.infer<typeof bindingSchema>;
export type ProvisioningToken = z.infer<typeof provisioningTokenSchema>;
export type SipCredentials = z.infer<typeof sipCredentialsSchema>;
export type RevealedSecret = z.infer<typeof revealedSecretSchema>;
export type MintBrowserCredentialInput = z.input<typeof mintBrowserCredentialSchema>;
export type WireBrowserCredential = z.infer<typeof browserCredentialSchema>;
