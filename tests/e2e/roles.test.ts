import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { openBrowser, settled, type Visit, visit } from '@/tests/support/browser';
import { ask, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

let browser: Browser;
let lab: Lab;

/** Somebody who works for Acme in a role; the lab's password. */
async function addMember(name: string, role: 'read_only' | 'developer'): Promise<void> {
  const id = newId(Date.now());
  await lab.sql(
    `INSERT INTO "user" (id, email, name, password_hash, updated_at)
     SELECT $1, $2, $3, password_hash, now() FROM "user" WHERE email = 'acme@lab.test'`,
    [id, `${name}@lab.test`, name],
  );
  await lab.sql(
    `INSERT INTO membership (user_id, account_id, role)
     SELECT $1, id, $2::"Role" FROM account WHERE name = 'Acme'`,
    [id, role],
  );
}

async function open(path: string, as: 'reader' | 'developer'): Promise<Visit> {
  const opened = await visit(browser, { path, as });
  await settled(opened);
  return opened;
}

describeLab('what a role lacks', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await addMember('reader', 'read_only');
    await addMember('developer', 'developer');
  });

  afterAll(async () => {
    await lab?.sql(`DELETE FROM "user" WHERE email IN ('reader@lab.test', 'developer@lab.test')`);
    await lab?.close();
    await browser?.close();
  });

  test('a page that a role may not see names the role and those that may', async () => {
    const { page, close } = await open('/billing', 'developer');
    await page.getByText('Money is not in your role').waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/signed in as developer/i);
    expect(text).toMatch(/owner.*billing/i);
    expect(text).not.toContain('$');
    await close();
  });

  test('someone who only reads is told so where a secret would be shown', async () => {
    const { page, close } = await open('/extensions', 'reader');
    expect(await page.getByRole('button', { name: 'Add extension' }).count()).toBe(0);
    await page.getByRole('button', { name: '110 Extension 110' }).click();
    const sheet = page.getByRole('dialog').filter({ hasText: 'SIP credentials' });
    await sheet.getByText(/Your role does not include seeing passwords/).waitFor();
    expect(await sheet.getByRole('button', { name: 'Reveal' }).count()).toBe(0);
    await close();
  });

  test('the denied page names the role of who reads it and those that have it', async () => {
    const { page, close } = await open('/denied?permission=extensions.write', 'reader');
    const text = await page.locator('body').innerText();
    expect(text).toMatch(/signed in as read.only/i);
    expect(text).toMatch(/owner.*admin.*support/i);
    await close();
  });

  test('the API refuses what the page does not offer', async () => {
    const { web } = sharedProduct().ready;
    const cookie = await signIn('reader');
    const headers = { 'x-portal-csrf': '1', origin: web, 'content-type': 'application/json' };
    const list = await ask(`${web}/api/v1/extensions?search=110`, { cookie });
    const [extension] = JSON.parse(list.text).items;
    for (const [method, path] of [
      ['POST', `/extensions/${extension.id}/reveal-secret`],
      ['POST', `/extensions/${extension.id}/reset-secret`],
      ['DELETE', `/extensions/${extension.id}`],
    ] as const) {
      const answer = await ask(`${web}/api/v1${path}`, { method, cookie, headers });
      expect(answer.status, path).toBe(403);
    }
  });
});
