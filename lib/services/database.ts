import { type Database, type DatabaseOptions, openDatabase } from '@/lib/infra/db/client';

/** The database as processes hold it: opened once, passed to verbs in their context. */
export type ServicesDatabase = Database;

/** Opens the pools of a process that reaches data through services (web, switch, worker). */
export function connectServices(options: DatabaseOptions): ServicesDatabase {
  return openDatabase(options);
}
