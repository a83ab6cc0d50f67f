import { parseAsInteger, parseAsString } from 'nuqs';

/** The length by which routes are compared; what is asked for unless something else is. */
export const DEFAULT_SECONDS = 300;

/** The question lives in the address, so that it can be sent to somebody. */
export const questionParams = {
  from: parseAsString,
  to: parseAsString,
  seconds: parseAsInteger.withDefault(DEFAULT_SECONDS),
  at: parseAsString,
};

/** A whole question, or none yet. */
export interface Question {
  readonly extensionId: string;
  readonly dialled: string;
  readonly seconds: number;
  /** ISO 8601; null: now. */
  readonly at: string | null;
}
