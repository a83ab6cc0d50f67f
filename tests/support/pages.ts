import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** A page of the app, read from its folders, so that a new one is never forgotten. */
export interface PageRoute {
  /** "/admin/calls/[id]". */
  readonly route: string;
  readonly audience: 'operator' | 'reseller' | 'customer' | 'anybody';
}

const APP = path.resolve('app');

/** Every page there is. */
export function pageRoutes(): PageRoute[] {
  return readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'page.tsx')
    .map((file) => path.dirname(file).split(path.sep))
    .map((parts) => ({
      route: `/${parts.filter((part) => part !== '.' && !part.startsWith('(')).join('/')}`,
      audience: audienceOf(parts[0] ?? ''),
    }))
    .sort((a, b) => (a.route < b.route ? -1 : 1));
}

function audienceOf(folder: string): PageRoute['audience'] {
  if (folder === 'admin') return 'operator';
  if (folder === 'reseller') return 'reseller';
  return folder === '(portal)' ? 'customer' : 'anybody';
}

/** Which things "[id]" stands for, by the word before it in a path of a page or of the API. */
const TABLES: Readonly<Record<string, string>> = {
  accounts: 'account',
  'allowed-addresses': 'address_rule',
  'api-keys': 'api_key',
  bans: 'address_rule',
  calls: 'call',
  carriers: 'carrier',
  contacts: 'contact',
  customers: 'account',
  decks: 'rate_deck',
  'destination-prefixes': 'destination_prefix',
  'emergency-addresses': 'emergency_location',
  'deck-imports': 'deck_import',
  extensions: 'extension',
  'fraud-blocks': 'fraud_block',
  'live-calls': 'live_call',
  'number-prices': 'number_price',
  numbers: 'phone_number',
  plans: 'plan',
  'port-ins': 'port_in',
  recordings: 'recording',
  'route-groups': 'route_group',
  session: 'auth_session',
  sounds: 'sound',
  subscriptions: 'subscription',
  tenants: 'tenant',
  trunks: 'trunk',
  'verified-numbers': 'verified_number',
  wallets: 'wallet',
  webhooks: 'event_subscription',
};

/**
 * The table of the things that "/calls/[id]", "/calls/{id}/…" or "…?extensionId={id}" names; null for a
 * path without.
 */
export function tableOf(route: string): string | null {
  const asked = /[?&](\w+)Id=\{\w+\}/.exec(route)?.[1];
  if (asked !== undefined) return asked;
  const noun = /([^/]+)\/[[{]\w+[\]}]/.exec(route)?.[1];
  if (noun === undefined || noun === 'provision') return null;
  const table = TABLES[noun];
  if (table === undefined) throw new Error(`tests/support/pages.ts knows no table for ${route}`);
  return table;
}

/** Puts an id where "[id]" or "{id}" stands. */
export function withId(route: string, id: string): string {
  return route.replace(/[[{]\w+[\]}]/, id);
}

/** Something that belongs to an account: an id, or a text by which it would be recognised. */
export interface Belonging {
  readonly account: string;
  readonly table: string;
  readonly value: string;
}

/** Ids of everything an account has, whatever the table, and of what hangs on those. A call is of both sides. */
const IDS = `
  SELECT a.name AS account, 'account' AS "table", a.id AS value FROM account a
  UNION ALL SELECT a.name, 'user', m.user_id FROM membership m JOIN account a ON a.id = m.account_id
  UNION ALL SELECT a.name, 'extension', e.id FROM extension e
    JOIN tenant t ON t.id = e.tenant_id JOIN account a ON a.id = t.account_id
  UNION ALL SELECT a.name, 'deck_version', v.id FROM deck_version v
    JOIN rate_deck d ON d.id = v.deck_id JOIN account a ON a.id = d.account_id
  UNION ALL SELECT a.name, 'deck_import', i.id FROM deck_import i
    JOIN rate_deck d ON d.id = i.deck_id JOIN account a ON a.id = d.account_id
  UNION ALL SELECT a.name, 'plan_version', v.id FROM plan_version v
    JOIN plan p ON p.id = v.plan_id JOIN account a ON a.id = p.account_id
  UNION ALL SELECT a.name, 'call', c.id FROM call c JOIN account a ON a.id = c.peer_account_id`;

/** What lies in a seller's stock is on offer to those below it: no secret. */
const OFFERED: Readonly<Record<string, string>> = {
  phone_number: ` WHERE a.kind = 'customer' OR x.state NOT IN ('available', 'reserved')`,
};

const TEXTS = `
  SELECT a.name AS account, 'email' AS "table", u.email AS value FROM "user" u
    JOIN membership m ON m.user_id = u.id JOIN account a ON a.id = m.account_id
  UNION ALL SELECT a.name, 'person', u.name FROM "user" u
    JOIN membership m ON m.user_id = u.id JOIN account a ON a.id = m.account_id
  UNION ALL SELECT a.name, 'domain', t.domain FROM tenant t JOIN account a ON a.id = t.account_id
  UNION ALL SELECT a.name, 'number', n.e164 FROM phone_number n
    JOIN account a ON a.id = n.account_id
    WHERE a.kind = 'customer' OR n.state NOT IN ('available', 'reserved')
  UNION ALL SELECT a.name, 'deck', d.name FROM rate_deck d JOIN account a ON a.id = d.account_id
  UNION ALL SELECT a.name, 'carrier', c.name FROM carrier c JOIN account a ON a.id = c.account_id
  UNION ALL SELECT a.name, 'dialled', c.dialled FROM call c
    JOIN account a ON a.id = c.account_id WHERE length(c.dialled) > 4
  UNION ALL SELECT a.name, 'name', a.name FROM account a WHERE a.kind <> 'operator'`;

/** Reads what belongs to whom, by every table that has an account_id. */
export async function readBelongings(ownerUrl: string): Promise<Belonging[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns c
         JOIN pg_class k ON k.relname = c.table_name AND NOT k.relispartition
         JOIN information_schema.columns i ON i.table_schema = c.table_schema
          AND i.table_name = c.table_name AND i.column_name = 'id' AND i.data_type = 'uuid'
        WHERE c.table_schema = 'public' AND c.column_name = 'account_id'`,
    );
    const owned = tables.map(
      ({ name }) => `UNION ALL SELECT a.name, '${name}', x.id
        FROM "${name}" x JOIN account a ON a.id = x.account_id${OFFERED[name] ?? ''}`,
    );
    const ids = await client.query<Belonging>(`${IDS} ${owned.join(' ')}`);
    const texts = await client.query<Belonging>(TEXTS);
    return [...ids.rows, ...texts.rows];
  } finally {
    await client.end();
  }
}
