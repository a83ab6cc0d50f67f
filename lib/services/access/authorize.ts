import { AppError } from '@/lib/core/errors';
import type { Actor, ServiceContext } from '@/lib/services/context';
import { type Permission, roleMay, rolesThatMay } from './roles';

/**
 * First line of every verb: throws FORBIDDEN unless the caller's role (and, for a key, its
 * scopes) hold the permission. Which objects it reaches is the subtree's business.
 */
export function authorize(context: ServiceContext, permission: Permission): void {
  const { actor } = context;
  if (actor.kind === 'system') return;
  const inScope =
    actor.scopes === null || actor.scopes.some((scope) => scopeCovers(scope, permission));
  if (inScope && roleMay(permission, actor.role, actor.accountKind)) return;
  throw new AppError('FORBIDDEN', `Your role may not do this (${permission}).`, {
    meta: { permission, role: actor.role, grantedTo: rolesThatMay(permission) },
  });
}

/** Whether a scope of a key holds a permission: it is "*", "<noun>.*" or the permission itself. */
export function scopeCovers(scope: string, permission: Permission): boolean {
  if (scope === '*' || scope === permission) return true;
  return scope.endsWith('.*') && permission.startsWith(scope.slice(0, -1));
}

/** Prisma's filter for accounts in the caller's subtree. */
export function inSubtree(actor: Actor): { path: { startsWith: string } } {
  return { path: { startsWith: actor.accountPath } };
}

/** Whether an account path lies in the caller's subtree. */
export function reaches(actor: Actor, accountPath: string): boolean {
  return actor.kind === 'system' || accountPath.startsWith(actor.accountPath);
}

/** The refusal for what does not exist and for what is somebody else's: they look the same. */
export function notFound(what: string): AppError {
  return new AppError('NOT_FOUND', `There is no such ${what}.`);
}
