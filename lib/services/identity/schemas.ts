import { z } from 'zod';
import {
  countrySchema,
  currencySchema,
  idSchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

/**
 * Every request of the portal's browser code that changes something carries this header (any
 * value): other sites can't add it without asking first.
 */
export const CSRF_HEADER = 'x-portal-csrf';

/** How long a session lasts, by what was asked for at sign-in. */
export const SESSION_SECONDS = { short: 12 * 3_600, long: 30 * 86_400 } as const;

/** Long enough to resist guessing together with the brake; no rules about kinds of characters. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('must be a mail address'));

export const passwordSchema = z
  .string()
  .min(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`)
  .max(PASSWORD_MAX);

/** An IANA time zone that this runtime knows. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone such as Europe/Berlin');

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** What a person types to sign in; `code` once a second factor was asked for. */
export const signInSchema = z.object({
  email: emailSchema,
  password: z.string().min(1).max(PASSWORD_MAX),
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/, 'must have six digits')
    .optional(),
  remember: z.boolean().default(false),
});

/** What the first operator answers. */
export const setupSchema = z.object({
  token: z.string().min(20).max(200),
  email: emailSchema,
  name: z.string().trim().min(1, 'must not be empty').max(100),
  password: passwordSchema,
  company: z.string().trim().min(1, 'must not be empty').max(100),
  currency: currencySchema,
  timeZone: timeZoneSchema,
  country: countrySchema,
});
export type SetupInput = z.infer<typeof setupSchema>;

export const setupResultSchema = z.object({ accountId: idSchema, email: z.string() });

export const changePasswordSchema = z.object({
  currentPassword: z.string().min(1).max(PASSWORD_MAX),
  newPassword: passwordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;

export const switchAccountSchema = z.object({ accountId: idSchema });

const accountKindSchema = z.enum(['operator', 'reseller', 'customer']);
const roleSchema = z.enum(['owner', 'admin', 'billing', 'support', 'read_only', 'developer']);

/** An account a person may work in. */
export const membershipViewSchema = z.object({
  accountId: idSchema,
  accountName: z.string(),
  accountKind: accountKindSchema,
  role: roleSchema,
});
export type MembershipView = z.infer<typeof membershipViewSchema>;

/** Who is asking, as what, and what that allows. */
export const meSchema = z.object({
  kind: z.enum(['user', 'api_key']),
  user: z
    .object({
      id: idSchema,
      name: z.string(),
      email: z.string(),
      locale: z.string(),
      timeZone: z.string().nullable(),
      twoFactor: z.boolean(),
    })
    .nullable(),
  account: z.object({
    id: idSchema,
    name: z.string(),
    kind: accountKindSchema,
    /** Who sells to it, by name; null for the operator. */
    sellerName: z.string().nullable(),
    status: z.enum(['active', 'suspended', 'terminated']),
    currency: z.string(),
    timeZone: z.string(),
    country: z.string(),
  }),
  /** The person's own extension in this account: their phone in the browser. */
  extension: z.object({ id: idSchema, number: z.string(), name: z.string() }).nullable(),
  role: roleSchema,
  permissions: z.array(z.string()),
  memberships: z.array(membershipViewSchema),
});
export type Me = z.infer<typeof meSchema>;

/** A signed-in browser, as its owner sees it. */
export const sessionViewSchema = z.object({
  id: idSchema,
  current: z.boolean(),
  host: z.string(),
  address: z.string(),
  userAgent: z.string(),
  accountId: idSchema,
  createdAt: timestampSchema,
  lastSeenAt: timestampSchema,
  expiresAt: timestampSchema,
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const sessionListSchema = z.object({ items: z.array(sessionViewSchema) });

export const endedSessionsSchema = z.object({ ended: z.number().int() });
