import { z } from 'zod';
import type { SetFraudProfileInput, WireFraudProfile } from '@/lib/services/fraud/schemas';
import { fraudModeSchema } from '@/lib/services/fraud/schemas';
import { destinationClassSchema } from '@/lib/services/limits/schemas';
import { typedDecimal } from './limit-form-values';

const countSchema = z
  .string()
  .trim()
  .regex(/^\d{0,6}$/, 'number');
const amountSchema = z
  .string()
  .trim()
  .regex(/^(\d{1,12}(\.\d{1,6})?)?$/, 'amount');

/** What is typed about a profile; texts, empty where a rule is not looked at. */
export const profileFormSchema = z.object({
  mode: fraudModeSchema,
  countries: z
    .string()
    .trim()
    .regex(/^([A-Za-z]{2}([\s,]+[A-Za-z]{2})*)?$/, 'countries'),
  blockedClasses: z.array(destinationClassSchema),
  maxPerMinute: z
    .string()
    .trim()
    .regex(/^(\d{1,6}(\.\d{1,9})?)?$/, 'price'),
  maxConnectFee: amountSchema,
  maxDailySpend: amountSchema,
  longCallSeconds: countSchema,
  windowSeconds: countSchema,
  digits: countSchema,
  maxCalls: countSchema,
  maxSpend: amountSchema,
  blocksByItself: z.boolean(),
});
export type ProfileForm = z.infer<typeof profileFormSchema>;

/** Unless somebody says otherwise. */
const WINDOW_SECONDS = 600;
const DIGITS = 6;

/** What the form shows at first. */
export function profileFormOf(profile: WireFraudProfile): ProfileForm {
  const { velocity } = profile;
  return {
    mode: profile.mode,
    countries: profile.countries?.join(', ') ?? '',
    blockedClasses: profile.blockedClasses,
    maxPerMinute: typedDecimal(profile.maxPerMinute),
    maxConnectFee: typedDecimal(profile.maxConnectFee),
    maxDailySpend: typedDecimal(profile.maxDailySpend),
    longCallSeconds: profile.longCallSeconds === null ? '' : String(profile.longCallSeconds),
    windowSeconds: String(velocity?.windowSeconds ?? WINDOW_SECONDS),
    digits: String(velocity?.digits ?? DIGITS),
    maxCalls: velocity?.maxCalls == null ? '' : String(velocity.maxCalls),
    maxSpend: typedDecimal(velocity?.maxSpend ?? null),
    blocksByItself: profile.blocksByItself,
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);
const numberOrNull = (text: string): number | null => (text === '' ? null : Number(text));

/** The whole profile. */
export function profileOf(form: ProfileForm): SetFraudProfileInput {
  const codes = form.countries
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((code) => code !== '');
  const hasVelocity = form.maxCalls !== '' || form.maxSpend !== '';
  return {
    mode: form.mode,
    countries: codes.length === 0 ? null : codes,
    blockedClasses: form.blockedClasses,
    maxPerMinute: orNull(form.maxPerMinute),
    maxConnectFee: orNull(form.maxConnectFee),
    maxDailySpend: orNull(form.maxDailySpend),
    longCallSeconds: numberOrNull(form.longCallSeconds),
    velocity: hasVelocity
      ? {
          windowSeconds: numberOrNull(form.windowSeconds) ?? WINDOW_SECONDS,
          digits: numberOrNull(form.digits) ?? DIGITS,
          maxCalls: numberOrNull(form.maxCalls),
          maxSpend: orNull(form.maxSpend),
        }
      : null,
    blocksByItself: form.blocksByItself,
  };
}
