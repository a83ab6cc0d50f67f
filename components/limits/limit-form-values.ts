import { z } from 'zod';
import {
  destinationClassSchema,
  type SetLimitsInput,
  type WireLimits,
} from '@/lib/services/limits/schemas';

/** The limits that are numbers of something. */
export const COUNTS = [
  'maxConcurrentCalls',
  'maxConcurrentIn',
  'maxConcurrentOut',
  'maxCallsPerSecond',
  'maxCallSeconds',
] as const;
/** The limits that are money. */
export const AMOUNTS = ['maxDailySpend', 'maxPerMinute', 'maxConnectFee'] as const;

const countSchema = z
  .string()
  .trim()
  .regex(/^\d{0,5}$/, 'number');
const amountSchema = z
  .string()
  .trim()
  .regex(/^(\d{1,12}(\.\d{1,6})?)?$/, 'amount');

/** What is typed about limits; texts, as inputs have them, empty where there is none. */
export const limitFormSchema = z.object({
  maxConcurrentCalls: countSchema,
  maxConcurrentIn: countSchema,
  maxConcurrentOut: countSchema,
  maxCallsPerSecond: countSchema,
  maxCallSeconds: countSchema,
  maxDailySpend: amountSchema,
  maxPerMinute: z
    .string()
    .trim()
    .regex(/^(\d{1,6}(\.\d{1,9})?)?$/, 'price'),
  maxConnectFee: amountSchema,
  blockedClasses: z.array(destinationClassSchema),
});
export type LimitForm = z.infer<typeof limitFormSchema>;

/** "12.500000" as people write it: "12.50"; parts of a cent stay. */
export function typedDecimal(amount: string | null): string {
  if (amount === null) return '';
  const [whole = '0', part = ''] = amount.split('.');
  return `${whole}.${part.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** What the form shows at first. */
export function limitFormOf({ limits }: Pick<WireLimits, 'limits'>): LimitForm {
  const count = (value: number | null): string => (value === null ? '' : String(value));
  return {
    maxConcurrentCalls: count(limits.maxConcurrentCalls),
    maxConcurrentIn: count(limits.maxConcurrentIn),
    maxConcurrentOut: count(limits.maxConcurrentOut),
    maxCallsPerSecond: count(limits.maxCallsPerSecond),
    maxCallSeconds: count(limits.maxCallSeconds),
    maxDailySpend: typedDecimal(limits.maxDailySpend),
    maxPerMinute: typedDecimal(limits.maxPerMinute),
    maxConnectFee: typedDecimal(limits.maxConnectFee),
    blockedClasses: limits.blockedClasses,
  };
}

type Changed = Partial<Record<keyof LimitForm, unknown>>;

/** What was changed, and nothing else; an empty field takes the limit away. */
export function limitChangeOf(form: LimitForm, changed: Changed): SetLimitsInput {
  const counts = COUNTS.filter((name) => changed[name]).map((name) => [
    name,
    form[name] === '' ? null : Number(form[name]),
  ]);
  const amounts = AMOUNTS.filter((name) => changed[name]).map((name) => [
    name,
    form[name] === '' ? null : form[name],
  ]);
  return {
    ...Object.fromEntries([...counts, ...amounts]),
    ...(changed.blockedClasses ? { blockedClasses: form.blockedClasses } : {}),
  };
}
