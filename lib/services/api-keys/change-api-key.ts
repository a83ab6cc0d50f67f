import { isUuid } from '@/lib/core/ids';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import type { ApiKey } from '@/prisma/generated/client';
import { toWireKey } from './internal/view';
import { type UpdateApiKeyInput, updateApiKeySchema, type WireApiKey } from './schemas';

/** Renames a key or says from where it may be used, from the next request on. Throws NOT_FOUND. */
export async function updateApiKey(
  context: ServiceContext,
  keyId: string,
  input: UpdateApiKeyInput,
): Promise<WireApiKey> {
  authorize(context, 'apiKeys.write');
  const { name, cidrs } = parseInput(updateApiKeySchema, input);
  const data = { ...(name === undefined ? {} : { name }), ...(cidrs ? { cidrs } : {}) };
  const detail = cidrs ? { ranges: cidrs.length } : {};
  const row = await change(context, keyId, { verb: 'apiKeys.update', data, detail });
  return toWireKey(row, context.clock.nowMs());
}

/** Ends a key for good, from the next request on; again is fine. Throws NOT_FOUND. */
export async function revokeApiKey(context: ServiceContext, keyId: string): Promise<void> {
  authorize(context, 'apiKeys.write');
  const data = { revokedAt: new Date(context.clock.nowMs()) };
  await change(context, keyId, { verb: 'apiKeys.revoke', data, detail: {} });
}

interface Change {
  readonly verb: string;
  readonly data: { readonly name?: string; readonly cidrs?: string[]; readonly revokedAt?: Date };
  readonly detail: Readonly<Record<string, number>>;
}

async function change(context: ServiceContext, keyId: string, what: Change): Promise<ApiKey> {
  const { accountId } = context.actor;
  if (!isUuid(keyId)) throw notFound('API key');
  return context.database.prisma.$transaction(async (tx) => {
    const row = await tx.apiKey.findFirst({ where: { id: keyId, accountId } });
    if (!row) throw notFound('API key');
    // What was revoked stays so, with its first moment.
    if (row.revokedAt !== null) return row;
    const changed = await tx.apiKey.update({ where: { id: row.id }, data: what.data });
    const { verb, detail } = what;
    await recordAudit(tx, context, {
      verb,
      objectKind: 'api_key',
      objectId: row.id,
      accountId,
      detail,
    });
    return changed;
  });
}
