import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { hashToken, newToken } from '@/lib/infra/crypto';
import { authorize } from '@/lib/services/access/authorize';
import { heldPermissions } from '@/lib/services/access/held-permissions';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { toWireKey } from './internal/view';
import { hintOf, SECRET_PREFIX } from './rules';
import { type CreateApiKeyInput, type CreatedApiKey, createApiKeySchema } from './schemas';

/**
 * Makes a key of the caller's account and tells its secret, this once. Throws FORBIDDEN where the
 * key would hold more than its maker.
 */
export async function createApiKey(
  context: ServiceContext,
  input: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  authorize(context, 'apiKeys.write');
  const data = parseInput(createApiKeySchema, input);
  const { actor, clock, database } = context;
  refuseMore(context, data);
  const nowMs = clock.nowMs();
  const secret = `${SECRET_PREFIX}${newToken()}`;
  const id = newId(nowMs);
  const row = await database.prisma.$transaction(async (tx) => {
    const made = await tx.apiKey.create({
      data: {
        id,
        accountId: actor.accountId,
        name: data.name,
        hint: hintOf(secret),
        secretHash: hashToken(secret),
        role: data.role,
        scopes: data.scopes,
        cidrs: data.cidrs,
        expiresAt: data.expiresAt ? new Date(data.expiresAt) : null,
        createdAt: new Date(nowMs),
      },
    });
    await recordAudit(tx, context, {
      verb: 'apiKeys.create',
      objectKind: 'api_key',
      objectId: id,
      accountId: actor.accountId,
      detail: { role: data.role, scopes: data.scopes, ranges: data.cidrs.length },
    });
    return made;
  });
  return { ...toWireKey(row, nowMs), secret };
}

function refuseMore(
  context: ServiceContext,
  key: { readonly role: CreatedApiKey['role']; readonly scopes: readonly string[] },
): void {
  const { actor } = context;
  if (actor.kind === 'system') return;
  const own = new Set(heldPermissions(actor));
  const beyond = heldPermissions({ ...key, accountKind: actor.accountKind }).filter(
    (permission) => !own.has(permission),
  );
  if (beyond.length === 0) return;
  throw new AppError('FORBIDDEN', `A key can not do more than its maker (${beyond[0]}).`, {
    meta: { permission: beyond[0], role: actor.role },
  });
}
