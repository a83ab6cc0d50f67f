import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { callApi } from '@/lib/client/api';
import { itemKey } from '@/lib/client/use-item';
import { quoteSchema, type WireQuote } from '@/lib/services/calls/schemas';

/** A number of fewer digits than this is still being typed. */
const SHORTEST = 3;
/** Funds move with every call: what is shown is asked for again this often. */
const FRESH_MS = 15_000;

/** Who would call whom, and as what. */
export interface QuoteAsked {
  extensionId: string | null;
  /** What would be dialled. */
  number: string;
  /** The number to be shown; null: the switch's choice. */
  callAs: string | null;
  /** As it was when the call began: not asked for again. */
  isFixed?: boolean;
}

/** Whether a number is long enough to be asked about. */
export const isWhole = (number: string): boolean => number.replace('+', '').length >= SHORTEST;

/**
 * What a call would cost and how long it could last. Unlike useItem it gives nothing meanwhile: another
 * number's price would be a wrong one.
 */
export function useQuote(asked: QuoteAsked): UseQueryResult<WireQuote> {
  const { extensionId, number, callAs, isFixed = false } = asked;
  const query = {
    extensionId: extensionId ?? '',
    dialled: number,
    ...(callAs === null ? {} : { callAs }),
  };
  return useQuery({
    queryKey: itemKey('/calls/quote', undefined, query),
    queryFn: ({ signal }) =>
      callApi({ path: '/calls/quote', query, response: quoteSchema, signal }),
    enabled: extensionId !== null && isWhole(number),
    staleTime: isFixed ? Number.POSITIVE_INFINITY : FRESH_MS,
    refetchInterval: isFixed ? false : FRESH_MS,
    retry: false,
  });
}
