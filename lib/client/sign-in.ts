import { z } from 'zod';

const csrfSchema = z.object({ csrfToken: z.string() });
const answerSchema = z.object({ url: z.string() });

/** Why a sign-in was refused, as far as the page tells it apart. */
export type SignInRefusal =
  | 'wrong'
  | 'code_needed'
  | 'code_wrong'
  | 'throttled'
  | 'busy'
  | 'unreachable'
  | 'unknown';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly remember: boolean;
}

const REFUSALS: Readonly<Record<string, SignInRefusal>> = {
  UNAUTHENTICATED: 'wrong',
  INVALID_INPUT: 'wrong',
  TWO_FACTOR_REQUIRED: 'code_needed',
  TWO_FACTOR_WRONG: 'code_wrong',
  RATE_LIMITED: 'throttled',
  UNAVAILABLE: 'busy',
};

/** Opens a session in this browser; null when it did, else why not. */
export async function signInWithPassword(given: Credentials): Promise<SignInRefusal | null> {
  try {
    const { csrfToken } = csrfSchema.parse(await (await fetch('/api/auth/csrf')).json());
    const form = new URLSearchParams({ csrfToken, json: 'true' });
    form.set('email', given.email);
    form.set('password', given.password);
    form.set('remember', String(given.remember));
    if (given.code !== undefined) form.set('code', given.code);
    const answer = await fetch('/api/auth/callback/credentials', { method: 'POST', body: form });
    return await refusalOf(answer);
  } catch (error) {
    return error instanceof TypeError ? 'unreachable' : 'unknown';
  }
}

async function refusalOf(answer: Response): Promise<SignInRefusal | null> {
  if (answer.status === 429) return 'throttled';
  const parsed = answerSchema.safeParse(await answer.json().catch(() => null));
  if (!parsed.success) return 'unknown';
  const error = new URL(parsed.data.url, window.location.origin).searchParams.get('error');
  if (error !== null) return REFUSALS[error] ?? 'unknown';
  return answer.ok ? null : 'unknown';
}
