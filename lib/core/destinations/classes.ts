/**
 * What kind of destination a number is, for whoever wants to allow or forbid kinds. `fixed` is any
 * ordinary number, also where a country's mobile ranges are not in the table; `unknown` has no
 * country code that is assigned, and counts as a high risk.
 */
export const DESTINATION_CLASSES = [
  'fixed',
  'mobile',
  'toll_free',
  'premium',
  'satellite',
  'high_risk',
  'unknown',
] as const;

export type DestinationClass = (typeof DESTINATION_CLASSES)[number];

/** A number's class, and the prefix that says so. */
export interface ClassifiedNumber {
  readonly class: DestinationClass;
  /** The digits that decided; '' where none is known. */
  readonly prefix: string;
  /** ISO 3166 alpha-2; null where no country owns the prefix. */
  readonly country: string | null;
}

/** Whether a list of classes that are forbidden forbids this one: what is unknown is a high risk. */
export function forbidsClass(
  forbidden: readonly DestinationClass[],
  kind: DestinationClass,
): boolean {
  if (forbidden.includes(kind)) return true;
  return kind === 'unknown' && forbidden.includes('high_risk');
}
