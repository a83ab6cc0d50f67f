import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBrowser, settled, visit } from '@/tests/support/browser';
import { phonePort } from '@/tests/support/browser-calls';
import { ask, openSession } from '@/tests/support/browser-http';
import { updatesPictures } from '@/tests/support/browser-picture';
import { type Product, startProduct } from '@/tests/support/product';
import { runSipp } from '@/tests/support/sipp';

const FILE = path.resolve('public/docs/overview.png');
const CUSTOMER = 'admin@summit-dental.northwind.test';
const PASSWORD = 'Demo-password-1';
const PHONES = 4;

const listSchema = z.object({
  items: z.array(z.object({ id: z.string(), number: z.string(), domain: z.string() })),
});

let browser: Browser;
let product: Product;

/** Phones that are on, as in any office in the morning. */
async function registerPhones(cookie: string): Promise<void> {
  const { web, sip } = product.ready;
  const list = await ask(`${web}/api/v1/extensions`, { cookie });
  const { items } = listSchema.parse(JSON.parse(list.text));
  for (const [index, { id, number, domain }] of items.slice(0, PHONES).entries()) {
    const reset = await ask(`${web}/api/v1/extensions/${id}/reset-secret`, {
      method: 'POST',
      cookie,
      headers: { 'x-portal-csrf': '1', origin: web },
    });
    const { secret } = JSON.parse(reset.text);
    const phone = await runSipp({
      scenario: 'register',
      target: sip.udp,
      localPort: phonePort(81 + index),
      fields: [[number, domain, `[authentication username=${number} password=${secret}]`]],
      timeoutSeconds: 15,
    });
    expect(phone.code, phone.messages).toBe(0);
  }
}

/** Only when asked for: what a run of tests makes must not differ from what was checked in. */
function describePicture(name: string, body: () => void): void {
  if (updatesPictures()) describe(name, body);
  else test(`${name} is there`, () => expect(existsSync(FILE)).toBe(true));
}

describePicture("the README's picture", () => {
  beforeAll(async () => {
    product = await startProduct({ scenario: 'demo' });
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  test("is a customer's overview after a month of calls", async () => {
    const { web } = product.ready;
    const cookie = await openSession(CUSTOMER, { origin: web, password: PASSWORD });
    await registerPhones(cookie);
    const opened = await visit(browser, { path: '/overview', origin: web, cookie });
    await settled(opened);
    expect(opened.complaints).toEqual([]);
    mkdirSync(path.dirname(FILE), { recursive: true });
    await opened.page.screenshot({ path: FILE, animations: 'disabled' });
    await opened.close();
  });
});
