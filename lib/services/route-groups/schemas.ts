import { z } from 'zod';
import {
  idSchema,
  nameSchema,
  observedStatusSchema,
  pageOf,
  pageQuerySchema,
  timestampSchema,
} from '@/lib/services/wire/schemas';

const strategySchema = z.enum(['lcr', 'priority']);

const memberInputSchema = z.object({
  trunkId: idSchema,
  /** Lower is tried first. */
  priority: z.number().int().min(1).max(1_000).default(1),
  /** Among equals, more is tried first. */
  weight: z.number().int().min(1).max(1_000).default(1),
});

const membersSchema = z
  .array(memberInputSchema)
  .max(100)
  .refine(
    (members) => new Set(members.map((member) => member.trunkId)).size === members.length,
    'names a trunk twice',
  );

const deckIdsSchema = z
  .array(idSchema)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, 'names a deck twice');

export const listRouteGroupsSchema = pageQuerySchema;

export const createRouteGroupSchema = z.object({
  name: nameSchema,
  strategy: strategySchema.default('lcr'),
  members: membersSchema.default([]),
  /**
   * Sell decks of the operator’s whose buyers’ calls leave by this group, also at rates of their own;
   * others’ by the oldest group.
   */
  deckIds: deckIdsSchema.default([]),
});

export const updateRouteGroupSchema = z.object({
  name: nameSchema.optional(),
  strategy: strategySchema.optional(),
  /** Replaces all members. */
  members: membersSchema.optional(),
  /** Replaces all of them; a deck that another group had is this one’s then. */
  deckIds: deckIdsSchema.optional(),
});

export const routeGroupSchema = z.object({
  id: idSchema,
  name: z.string(),
  strategy: strategySchema,
  members: z.array(
    z.object({
      trunkId: idSchema,
      trunkName: z.string(),
      carrierName: z.string().nullable(),
      priority: z.number().int(),
      weight: z.number().int(),
    }),
  ),
  /** Whose calls leave by it. */
  decks: z.array(z.object({ id: idSchema, name: z.string() })),
  /** It also takes every call that is not sold at a deck of another group. */
  isDefault: z.boolean(),
  createdAt: timestampSchema,
  generation: z.number().int(),
  status: observedStatusSchema,
});

export const routeGroupPageSchema = pageOf(routeGroupSchema);

export type ListRouteGroupsInput = z.input<typeof listRouteGroupsSchema>;
export type CreateRouteGroupInput = z.input<typeof createRouteGroupSchema>;
export type UpdateRouteGroupInput = z.input<typeof updateRouteGroupSchema>;
export type RouteGroupMembers = z.output<typeof membersSchema>;
export type WireRouteGroup = z.infer<typeof routeGroupSchema>;
