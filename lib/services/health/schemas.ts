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
