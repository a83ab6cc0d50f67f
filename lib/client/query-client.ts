import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api-problem';

/** What was fetched is taken for fresh this long; live events invalidate it sooner. */
const STALE_AFTER_MS = 15_000;

/** Attempts after the first, where trying again can help. */
const MAX_RETRIES = 2;

/** A refusal stays one however often it is repeated; only a silent or failing server is asked again. */
function isWorthRetrying(error: Error): boolean {
  return !(error instanceof ApiProblem) || error.status >= 500;
}

/** The browser's cache of what the API said. Writes are never repeated by themselves. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (failureCount, error) => failureCount < MAX_RETRIES && isWorthRetrying(error),
      },
      mutations: { retry: false },
    },
  });
}
