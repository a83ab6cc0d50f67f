import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import { type BlobStore, blobStore } from '@/lib/infra/storage/blob-store';
import type { ServicesDatabase } from '@/lib/services/database';

/** Where imports are worked on: the files, and the rates that they become. */
export interface ImportDesk {
  readonly database: ServicesDatabase;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** This installation's own desk. */
export function openImportDesk(options: Omit<ImportDesk, 'blobs'>): ImportDesk {
  return { ...options, blobs: blobStore() };
}
