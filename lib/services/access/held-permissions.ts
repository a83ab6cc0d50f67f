import type { Actor } from '@/lib/services/context';
import { scopeCovers } from './authorize';
import { PERMISSIONS, type Permission, roleMay } from './roles';

/** Whose permissions: an actor's, or those that a key would have. */
type Holder = Pick<Actor, 'role' | 'accountKind' | 'scopes'>;

/** Every permission that a caller holds, as the check in the verbs would say. */
export function heldPermissions(holder: Holder): readonly Permission[] {
  const all = Object.keys(PERMISSIONS) as Permission[];
  return all.filter((permission) => {
    const inScope = holder.scopes?.some((scope) => scopeCovers(scope, permission)) ?? true;
    return inScope && roleMay(permission, holder.role, holder.accountKind);
  });
}
