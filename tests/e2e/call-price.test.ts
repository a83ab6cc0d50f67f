import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { parseCurrency } from '@/lib/core/money';
import { priceCall } from '@/lib/core/rating/price';
import type { Rate } from '@/lib/core/rating/rate';
import { snapshotOf } from '@/lib/core/rating/snapshot';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

const SECONDS = 200;
/** When the call was answered: a quarter past eight, before the evening begins. */
const ANSWERED_MS = Date.parse('2026-11-20T19:58:30Z');

let browser: Browser;
let lab: Lab;
let callId: string;

const span = (afterMs: number, name: string, nano: bigint) => ({
  fromMs: ANSWERED_MS + afterMs,
  name,
  firstPerMinuteNano: nano,
  nextPerMinuteNano: nano,
});

/** Everything that a price can be made of. */
const rate: Rate = {
  deckId: newId(),
  deckName: 'North to Acme',
  deckVersion: 7,
  currency: parseCurrency('USD'),
  rounding: 'half_up',
  prefix: '4420',
  destination: 'London',
  beatenLengths: 0b101,
  firstSeconds: 30,
  nextSeconds: 6,
  firstPerMinuteNano: 60_000_000n,
  nextPerMinuteNano: 60_000_000n,
  connectFeeMicro: 10_000n,
  minimumMicro: 20_000n,
  noChargeSeconds: 3,
  freeSeconds: 10,
  bandSpans: [span(0, 'peak', 60_000_000n), span(90_000, 'evening', 30_000_000n)],
  bundleSeconds: 45,
  markup: { ppm: 200_000, minimumPerMinuteNano: 1_000_000n },
};

async function accountOf(name: string): Promise<{ id: string; tenantId: string | null }> {
  const [row] = await lab.rows<{ id: string; tenantId: string | null }>(
    `SELECT a.id, t.id AS "tenantId" FROM account a LEFT JOIN tenant t ON t.account_id = a.id
      WHERE a.name = $1`,
    [name],
  );
  if (!row) throw new Error(`no ${name}`);
  return row;
}

/** A call of Acme as if it had been settled on that day, without its postings. */
async function writeCall(): Promise<string> {
  const id = newId(ANSWERED_MS - 4_000);
  const [acme, north] = [await accountOf('Acme'), await accountOf('North')];
  const startedAt = new Date(ANSWERED_MS - 4_000);
  const endedAt = new Date(ANSWERED_MS + SECONDS * 1_000);
  await lab.sql(
    `INSERT INTO call (id, node_id, class, account_id, tenant_id, payer_account_id, from_number,
       dialled, to_number, destination, started_at, answered_at, ended_at, duration_ms,
       rated_seconds, hung_up_by, sip_status, attempts)
     VALUES ($1, 'node', 'outbound', $2, $3, $2, '101', '+442079460099', '+442079460099', 'London',
       $4, $5, $6, $7, $8, 'caller', 200, 1)`,
    [
      id,
      acme.id,
      acme.tenantId,
      startedAt,
      new Date(ANSWERED_MS),
      endedAt,
      SECONDS * 1_000,
      SECONDS,
    ],
  );
  const { amountMicro, billedSeconds } = priceCall(rate, SECONDS);
  await lab.sql(
    `INSERT INTO charge (id, call_id, hop, seller_account_id, buyer_account_id, currency,
       amount_micro, rated_seconds, billed_seconds, snapshot)
     VALUES ($1, $2, 0, $3, $4, 'USD', $5, $6, $7, $8)`,
    [
      ...[newId(ANSWERED_MS), id, north.id, acme.id, amountMicro.toString(), SECONDS],
      ...[billedSeconds, JSON.stringify(snapshotOf(rate))],
    ],
  );
  return id;
}

describeLab('why a call cost what it cost', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    callId = await writeCall();
  });

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('its page tells the bands, the bundle, the free seconds and the prefixes that were beaten', async () => {
    const seen = await visit(browser, { path: `/calls/${callId}`, as: 'acme' });
    await settled(seen);
    const text = await seen.page.locator('main').innerText();
    expect(text).toContain('10 s free at the beginning');
    expect(text).toContain('45 s out of the bundle');
    expect(text).toMatch(/35 s in peak, at \$0\.06/);
    expect(text).toMatch(/114 s in evening, at \$0\.03/);
    expect(text).toContain('Beat +44, +');
    expect(text).toContain('replays to the same bytes');
    expect(text).not.toContain('Marked up');
    expect(await faultsInEveryLook(seen.page, 'call-price')).toEqual([]);
    await seen.close();
  });

  test('the seller sees by how much it was marked up', async () => {
    const seen = await visit(browser, { path: `/reseller/calls/${callId}`, as: 'reseller' });
    await settled(seen);
    const text = await seen.page.locator('main').innerText();
    expect(text).toMatch(/Marked up by 20 %, by \$0\.001/);
    await seen.close();
  });
});
