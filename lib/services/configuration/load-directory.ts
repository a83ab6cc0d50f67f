import { assert } from '@/lib/core/errors';
import type { Database } from '@/lib/infra/db/client';
import { readChecksums, readObjects } from './internal/objects';
import { inSnapshot } from './internal/snapshot';
import { watermarkSql } from './internal/sql';
import type { ConfigDirectory } from './types';

/** Everything that the switch is configured with, as of one moment. Decks come without rates. */
export async function loadDirectory(database: Database): Promise<ConfigDirectory> {
  return await inSnapshot(database, async (client) => {
    const { rows } = await client.query<{ watermark: string }>(watermarkSql);
    const watermark = rows[0]?.watermark;
    assert(watermark !== undefined, 'a snapshot has an xmin');
    const objects = await readObjects(client, {
      account: null,
      tenant: null,
      extension: null,
      carrier: null,
      trunk: null,
      route_group: null,
      phone_number: null,
      rate_deck: null,
      address_rule: null,
      exchange_rate: null,
      call_limit: null,
      destination_prefix: null,
      fraud_profile: null,
      fraud_block: null,
      verified_number: null,
    });
    return { ...objects, watermark, checksums: await readChecksums(client) };
  });
}
