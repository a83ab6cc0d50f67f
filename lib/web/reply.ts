import { AppError } from '@/lib/core/errors';

export interface ReplyInit {
  /** In place of the definition's status. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes the ETag; a GET with a matching If-None-Match is answered 304. */
  readonly generation?: bigint | number | string;
}

/** A result together with how it is to be told over HTTP. */
export class Reply<T> {
  readonly body: T;
  readonly init: ReplyInit;

  constructor(body: T, init: ReplyInit = {}) {
    this.body = body;
    this.init = init;
  }
}

/** A result with an own status, headers or generation. */
export function reply<T>(body: T, init: ReplyInit): Reply<T> {
  return new Reply(body, init);
}

/** 201 with the new object and where it lies. */
export function created<T>(body: T, location: string): Reply<T> {
  return new Reply(body, { status: 201, headers: { location } });
}

/** The ETag of a generation: `"g42"`. */
export function etagOf(generation: bigint | number | string): string {
  return `"g${generation}"`;
}

/**
 * For writes: refuses with PRECONDITION_FAILED when the caller's If-Match names another generation
 * than the one that is there. Without If-Match anything goes.
 */
export function requireMatch(request: Request, generation: bigint | number | string): void {
  const wanted = request.headers.get('if-match');
  if (wanted === null || wanted.trim() === '*') return;
  if (entityTags(wanted).includes(etagOf(generation))) return;
  throw new AppError(
    'PRECONDITION_FAILED',
    `It was changed meanwhile: it is at generation ${generation} now. Read it again and repeat.`,
  );
}

/** Whether an If-None-Match header names this ETag (weak comparison, RFC 9110 §13.1.2). */
export function noneMatches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.trim() === '*' || entityTags(header).includes(etag);
}

function entityTags(header: string): readonly string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
