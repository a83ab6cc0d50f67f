import { z } from 'zod';
import { parseCidr } from '@/lib/core/cidr';
import {
  idSchema,
  nameSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/** Ranges of one key at most. */
const MAX_CIDRS = 100;

/** An address or range, kept canonical: host bits cleared, IPv6 shortened; /0 is refused. */
export const cidrInputSchema = z
  .string()
  .trim()
  .max(64)
  .transform((text, context) => {
    const result = parseCidr(text);
    if (result.ok) return result.cidr;
    context.addIssue({ code: 'custom', message: result.reason });
    return z.NEVER;
  })
  .meta({ example: '192.0.2.0/24' });

const cidrsSchema = z
  .array(cidrInputSchema)
  .min(1, 'needs at least one address: a key works from nowhere else')
  .max(MAX_CIDRS)
  .transform((cidrs) => [...new Set(cidrs)]);

const roleSchema = z.enum(['owner', 'admin', 'billing', 'support', 'read_only', 'developer']);

const scopeSchema = z
  .string()
  .regex(/^(\*|[a-zA-Z]+\.(\*|[a-zA-Z]+))$/, 'must be "*", "<noun>.*" or "<noun>.<verb>"');

export const listApiKeysSchema = pageQuerySchema.extend({
  /** Also those that were revoked. */
  revoked: z.stringbool().default(false),
});
export type ListApiKeysInput = z.output<typeof listApiKeysSchema>;

export const createApiKeySchema = z.object({
  name: nameSchema,
  /** What the key may do at most; never more than its maker may. */
  role: roleSchema.default('admin'),
  scopes: z.array(scopeSchema).min(1).max(50).default(['*']),
  cidrs: cidrsSchema,
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
});
export type CreateApiKeyInput = z.input<typeof createApiKeySchema>;

export const updateApiKeySchema = z.object({
  name: nameSchema.optional(),
  cidrs: cidrsSchema.optional(),
});
export type UpdateApiKeyInput = z.input<typeof updateApiKeySchema>;

/** A key without its secret. */
export const apiKeySchema = z.object({
  id: idSchema,
  name: z.string(),
  /** The secret's first characters. */
  hint: z.string(),
  role: roleSchema,
  scopes: z.array(z.string()),
  cidrs: z.array(z.string()),
  state: z.enum(['active', 'expired', 'revoked']),
  expiresAt: timestampSchema.nullable(),
  revokedAt: timestampSchema.nullable(),
  lastUsedAt: timestampSchema.nullable(),
  createdAt: timestampSchema,
});
export type WireApiKey = z.infer<typeof apiKeySchema>;

export const apiKeyPageSchema = pageOf(apiKeySchema);

/** The only answer that ever holds the secret. */
export const createdApiKeySchema = apiKeySchema.extend({ secret: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;
