import { AppError } from '@/lib/core/errors';
import type { ExtensionRecord, SwitchDirectory } from '@/lib/switch/directory/directory';

/** An extension by its id. Throws NOT_FOUND where it lies outside the asker's subtree, or nowhere. */
export function extensionInScope(
  directory: SwitchDirectory,
  extensionId: string,
  scopePath: string,
): ExtensionRecord {
  const extension = directory.extensionById(extensionId);
  const tenant = extension && directory.tenantById(extension.tenantId);
  const account = tenant && directory.accountById(tenant.accountId);
  if (!extension || !account?.path.startsWith(scopePath)) {
    throw new AppError('NOT_FOUND', 'There is no such extension.');
  }
  return extension;
}
