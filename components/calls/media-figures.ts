import { z } from 'zod';

const legSchema = z.object({
  legId: z.string(),
  received: z.object({
    packets: z.number(),
    lost: z.number(),
    jitterMs: z.number(),
    mos: z.number().nullish(),
  }),
  roundTripMs: z.number().nullish(),
});
const mediaSchema = z.object({ legs: z.array(legSchema) });

/** What was heard from one side of a call. */
export interface HeardFrom {
  legId: string;
  packets: number;
  /** Of a hundred expected; never below 0, duplicates aside (RFC 3550 A.3). */
  lossPercent: number;
  jitterMs: number;
  /** Between the relay and that side; null where its reports did not tell. */
  roundTripMs: number | null;
  /** 1 to 4.5 (ITU-T G.107); null where it can't be estimated, or was not at that time. */
  mos: number | null;
}

/** Figures of a call's media, as the relay measured them; empty where it kept none. */
export function heardFrom(media: unknown): HeardFrom[] {
  const parsed = mediaSchema.safeParse(media);
  if (!parsed.success) return [];
  return parsed.data.legs
    .filter((leg) => leg.received.packets > 0)
    .map(({ legId, received: { packets, lost, jitterMs, mos = null }, roundTripMs = null }) => {
      const lossPercent = (Math.max(0, lost) * 100) / (packets + Math.max(0, lost));
      return { legId, packets, jitterMs, lossPercent, roundTripMs, mos };
    });
}
