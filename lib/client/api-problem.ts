import { z } from 'zod';

const problemSchema = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  status: z.number().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
  requestId: z.string().optional(),
});

const issuesSchema = z.array(z.object({ path: z.string(), message: z.string() }));

export interface ApiProblemFacts {
  status: number;
  code: string;
  requestId: string | null;
  body?: unknown;
  cause?: unknown;
}

/** Why the API refused or failed, as its problem+json says (RFC 9457). */
export class ApiProblem extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The product's own error code, such as NOT_FOUND. */
  readonly code: string;
  /** For support; null when the server was never reached. */
  readonly requestId: string | null;
  /** The body as it came, for members beyond the standard ones. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(message: string, facts: ApiProblemFacts) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.name = 'ApiProblem';
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.body = typeof facts.body === 'object' && facts.body !== null ? { ...facts.body } : {};
  }

  /** What was wrong, place by place, where the refusal says it. */
  get issues(): readonly { readonly path: string; readonly message: string }[] {
    const parsed = issuesSchema.safeParse(this.body['issues']);
    return parsed.success ? parsed.data : [];
  }
}

/** Reads a refusal; a body that is no problem document still becomes one. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = problemSchema.safeParse(body);
  const problem = parsed.success ? parsed.data : {};
  return new ApiProblem(problem.detail ?? problem.title ?? response.statusText, {
    status: response.status,
    code: problem.code ?? 'INTERNAL',
    requestId: problem.requestId ?? response.headers.get('x-request-id'),
    body,
  });
}
