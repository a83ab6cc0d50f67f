import { type BandPlan, checkBandPlan } from '@/lib/core/rating/bands';
import { bandPlanSchema, type StoredPlan } from './schemas';

const storedBandsSchema = bandPlanSchema.shape.bands.nullable();

/** A version's bands as they are stored; null where it has none. */
export function storedPlan(version: {
  readonly timeZone: string | null;
  readonly bands: unknown;
}): StoredPlan | null {
  const bands = storedBandsSchema.parse(version.bands ?? null);
  return bands === null ? null : { timeZone: version.timeZone ?? 'UTC', bands };
}

/** Their names, in the order that rates count them by. */
export function bandNames(bands: unknown): readonly string[] {
  return (storedBandsSchema.parse(bands ?? null) ?? []).map(({ name }) => name);
}

/** Throws INVALID_INPUT for bands that leave a gap in the week, or overlap. */
export function checkPlan(plan: BandPlan | null): void {
  if (plan !== null) checkBandPlan(plan);
}

/** A plan as a version's columns keep it. */
export function storedColumns(plan: StoredPlan | null) {
  return plan === null ? {} : { timeZone: plan.timeZone, bands: plan.bands };
}
