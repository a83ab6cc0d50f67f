import { z } from 'zod';

export const componentStateSchema = z.enum(['ok', 'down', 'unknown']);
export type ComponentState = z.infer<typeof componentStateSchema>;

/** What runs and what does not; `down` names the parts for which `status` is down. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'down']),
  components: z.object({
    database: componentStateSchema,
    web: componentStateSchema,
    switch: componentStateSchema,
    worker: componentStateSchema,
  }),
  down: z.array(z.string()),
  checkedAt: z.iso.datetime(),
});
export type Health = z.infer<typeof healthSchema>;

/** The vital signs of the switch. */
export const switchStatusSchema = z.object({
  nodeId: z.string(),
  state: z.enum(['starting', 'running', 'draining']),
  startedAt: z.iso.datetime(),
  /** In the whole installation. */
  liveCalls: z.number().int(),
  registrations: z.number().int(),
  /** Where SIP is taken, by transport; null where a transport is off. */
  sip: z.object({
    udp: z.string().nullable(),
    tcp: z.string().nullable(),
    tls: z.string().nullable(),
    ws: z.string().nullable(),
    wss: z.string().nullable(),
  }),
  /** What the switch holds in memory; all 0 when nobody calls and the last timers have run out. */
  inUse: z.object({
    transactions: z.number().int(),
    dialogs: z.number().int(),
    mediaSessions: z.number().int(),
    mediaPortPairs: z.number().int(),
  }),
  /** What carries media, and the machines that it stands on beside the switch's own. */
  media: z.object({
    engine: z.enum(['relay', 'direct', 'rtpengine']),
    nodes: z.array(z.object({ name: z.string(), isUp: z.boolean() })),
  }),
  /** When the switch last agreed with the database; null: not since it started. */
  configurationCheckedAt: z.iso.datetime().nullable(),
  worker: componentStateSchema,
});
export type SwitchStatus = z.infer<typeof switchStatusSchema>;
