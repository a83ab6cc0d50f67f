import { AppError } from '@/lib/core/errors';
import { newToken } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { makeBrowserCredential } from './browser-credential';
import { findExtension } from './internal/find';
import { type ExtensionRow, extensionInclude } from './internal/view';
import {
  type MintBrowserCredentialInput,
  mintBrowserCredentialSchema,
  type WireBrowserCredential,
} from './schemas';
import { type TurnSettings, turnServers } from './turn';

/** Long enough for a page to ask anew in time, short enough that a leaked one is soon worthless. */
const LIFETIME_MS = 10 * 60_000;
const TAG_BYTES = 6;

/** Where a browser reaches the switch, and the key of its credentials (browserPhoneKey). */
export interface BrowserPhoneAccess {
  readonly key: Buffer;
  readonly webSocketUrls: readonly string[];
  /** null: browsers reach us without. */
  readonly turn: TurnSettings | null;
}

/**
 * Credentials for a phone in the browser: they end by themselves after ten minutes, and the
 * extension's own secret is never seen. A person gets those of their own extension; those of any
 * other in reach take the right to see secrets, and leave a trace in the audit. Throws NOT_FOUND where
 * no extension is theirs, CONFLICT for a suspended one, FORBIDDEN while acting as somebody else.
 */
export async function mintBrowserCredential(
  context: ServiceContext,
  input: MintBrowserCredentialInput,
  readAccess: () => BrowserPhoneAccess,
): Promise<WireBrowserCredential> {
  authorize(context, 'browserPhone.use');
  if (context.actor.behindId !== null) {
    throw new AppError('FORBIDDEN', 'No calls are placed while you act as somebody else.');
  }
  const { extensionId } = parseInput(mintBrowserCredentialSchema, input);
  const extension = await context.database.prisma.$transaction(async (tx) => {
    if (extensionId === undefined) return await ownExtension(tx, context);
    const found = await findExtension(tx, context, extensionId);
    if (found.userId !== null && isPerson(context, found.userId)) return found;
    authorize(context, 'extensions.reveal');
    await recordAudit(tx, context, {
      verb: 'browserPhone.borrow',
      objectKind: 'extension',
      objectId: found.id,
      accountId: found.tenant.accountId,
    });
    return found;
  });
  if (extension.status !== 'active') {
    throw new AppError('CONFLICT', `Extension ${extension.number} is suspended.`);
  }
  const expiresAtMs = Math.floor((context.clock.nowMs() + LIFETIME_MS) / 1_000) * 1_000;
  const { number, name, id, tenantId } = extension;
  const { domain, country } = extension.tenant;
  const tag = newToken(TAG_BYTES);
  const access = readAccess();
  return {
    extension: { id, tenantId, number, name },
    ...{ domain, country },
    ...makeBrowserCredential(access.key, { domain, number, expiresAtMs, tag }),
    expiresAt: new Date(expiresAtMs).toISOString(),
    webSocketUrls: [...access.webSocketUrls],
    iceServers: [...turnServers(access.turn, `${number}@${domain}`, context.clock.nowMs())],
  };
}

function isPerson({ actor }: ServiceContext, userId: string): boolean {
  return actor.kind === 'user' && actor.id === userId;
}

/** The extension of the person who asks, in the account they are in. */
async function ownExtension(tx: Tx, { actor }: ServiceContext): Promise<ExtensionRow> {
  const own =
    actor.kind === 'user' && actor.id !== null
      ? await tx.extension.findFirst({
          where: { userId: actor.id, tenant: { accountId: actor.accountId } },
          include: extensionInclude,
          orderBy: { number: 'asc' },
        })
      : null;
  if (own === null) {
    throw new AppError('NOT_FOUND', 'No extension is yours yet: choose one, or ask for one.');
  }
  return own;
}
