import { z } from 'zod';
import { idSchema, pageOf, pageQuerySchema, timestampSchema } from '@/lib/services/wire/schemas';
import { REGISTRATION_CAUSES } from './types';

export const listRegistrationsSchema = pageQuerySchema.extend({
  accountId: idSchema.optional(),
  tenantId: idSchema.optional(),
  extensionId: idSchema.optional(),
  transport: z.enum(['udp', 'tcp', 'tls', 'ws', 'wss']).optional(),
  /** Part of what the phone calls itself. */
  userAgent: z.string().trim().max(100).optional(),
  /** The beginning of an extension's number or of an address, or part of a phone's name. */
  search: z.string().trim().max(100).optional(),
});

export const registrationSchema = z.object({
  id: idSchema,
  accountId: idSchema,
  tenantId: idSchema,
  domain: z.string(),
  extensionId: idSchema,
  number: z.string(),
  name: z.string(),
  contactUri: z.string(),
  /** Which of its flows an outbound phone registered (RFC 5626); 0 where it knows of one only. */
  flow: z.number().int(),
  userAgent: z.string(),
  address: z.string(),
  port: z.number().int(),
  transport: z.string(),
  registeredAt: timestampSchema,
  refreshedAt: timestampSchema,
  expiresAt: timestampSchema,
});

export const registrationPageSchema = pageOf(registrationSchema);

/** A phone came or was lost. */
export const registrationEventSchema = z.object({
  id: idSchema,
  at: timestampSchema,
  cause: z.enum(REGISTRATION_CAUSES),
  userAgent: z.string(),
  address: z.string(),
  port: z.number().int(),
  transport: z.string(),
});

export const registrationEventPageSchema = pageOf(registrationEventSchema);

export type ListRegistrationsInput = z.input<typeof listRegistrationsSchema>;
export type WireRegistration = z.infer<typeof registrationSchema>;
export type WireRegistrationEvent = z.infer<typeof registrationEventSchema>;
