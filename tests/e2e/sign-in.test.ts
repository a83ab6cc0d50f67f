import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { openBrowser, visit } from '@/tests/support/browser';
import { ask, openSession, PASSWORD, SESSION_COOKIE } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

const NORTH_HOST = 'phones.north.test';
const STRANGE_HOST = 'phones.stranger.test';

let browser: Browser;
let lab: Lab;

async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const portOf = (origin: string): string => new URL(origin).port;

describeLab('signing in', () => {
  beforeAll(async () => {
    browser = await openBrowser([NORTH_HOST, STRANGE_HOST]);
    lab = new Lab(sharedProduct());
    await lab.sql(
      `INSERT INTO portal_domain (id, account_id, host, verified_at)
       SELECT $1, id, $2, now() FROM account WHERE name = 'North' ON CONFLICT DO NOTHING`,
      [newId(Date.now()), NORTH_HOST],
    );
  });

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('a wrong password is told as such, and nobody is let in', async () => {
    const { page, close } = await visit(browser, { path: '/sign-in' });
    await fillIn(page, 'acme@lab.test', 'Not-the-password-1');
    await page.getByText('The email address or password is wrong.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    const cookies = await page.context().cookies();
    expect(cookies.filter(({ name }) => name === SESSION_COOKIE)).toEqual([]);
    await close();
  });

  test.each([
    ['customer', 'acme@lab.test', '/overview'],
    ['reseller', 'reseller@lab.test', '/reseller'],
    ['operator', 'operator@lab.test', '/admin'],
  ])('a %s lands on the start of its own console', async (_kind, email, home) => {
    const { page, close } = await visit(browser, { path: '/' });
    await page.waitForURL('**/sign-in');
    await fillIn(page, email, PASSWORD);
    await page.waitForURL(`**${home}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await close();
  });

  test('signing in leads to the page that was asked for', async () => {
    const { page, close } = await visit(browser, { path: '/calls?direction=outbound' });
    await page.waitForURL('**/sign-in?next=*');
    await fillIn(page, 'acme@lab.test', PASSWORD);
    await page.waitForURL('**/calls?direction=outbound');
    await close();
  });

  test('signing out ends the session: its cookie is worth nothing afterwards', async () => {
    const { web } = sharedProduct().ready;
    const { page, close } = await visit(browser, { path: '/sign-in' });
    await fillIn(page, 'acme@lab.test', PASSWORD);
    await page.waitForURL('**/overview');
    const [kept] = (await page.context().cookies()).filter(({ name }) => name === SESSION_COOKIE);
    const cookie = `${SESSION_COOKIE}=${kept?.value}`;
    expect((await ask(`${web}/api/v1/me`, { cookie })).status).toBe(200);
    await page.getByRole('button', { name: /your menu/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in*');
    expect((await ask(`${web}/api/v1/me`, { cookie })).status).toBe(401);
    expect((await ask(`${web}/overview`, { cookie })).headers.location).toMatch(/^\/sign-in/);
    await close();
  });

  test('a session that was ended elsewhere leads to sign-in with the next step', async () => {
    const { page, close } = await visit(browser, { path: '/sign-in' });
    await fillIn(page, 'acme@lab.test', PASSWORD);
    await page.waitForURL('**/overview');
    const ended = await page.evaluate(async () => {
      const { items } = await (await fetch('/api/v1/session')).json();
      const { id } = items.find((one: { current: boolean }) => one.current);
      const answer = await fetch(`/api/v1/session/${id}`, {
        method: 'DELETE',
        headers: { 'x-portal-csrf': '1' },
      });
      return answer.status;
    });
    expect(ended).toBe(204);
    await page.getByRole('link', { name: 'Calls', exact: true }).first().click();
    await page.waitForURL('**/sign-in*');
    await close();
  });

  test('the token of one host is refused on every other', async () => {
    const { web } = sharedProduct().ready;
    const port = portOf(web);
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `${NORTH_HOST}:${port}`];
    for (const host of hosts) {
      const cookie = await openSession('acme@lab.test', { origin: web, host });
      for (const other of hosts) {
        const { status } = await ask(`${web}/api/v1/me`, { cookie, host: other });
        expect(status, `made on ${host}, used on ${other}`).toBe(other === host ? 200 : 401);
      }
    }
  });

  test("a verified domain is an account's own portal: its people get in, others do not", async () => {
    const { web } = sharedProduct().ready;
    const origin = `http://${NORTH_HOST}:${portOf(web)}`;
    const own = await visit(browser, { path: '/sign-in', origin });
    expect(await own.page.title()).toContain('North');
    await fillIn(own.page, 'acme@lab.test', PASSWORD);
    await own.page.waitForURL(`${origin}/overview`);
    await own.close();
    const foreign = await visit(browser, { path: '/sign-in', origin });
    await fillIn(foreign.page, 'cedar@lab.test', PASSWORD);
    await foreign.page.getByText('The email address or password is wrong.').waitFor();
    await foreign.close();
  });

  test('at an address that is not ours nobody is asked for a password', async () => {
    const { web } = sharedProduct().ready;
    const origin = `http://${STRANGE_HOST}:${portOf(web)}`;
    const { page, close } = await visit(browser, { path: '/sign-in', origin });
    await page.getByRole('heading', { name: 'This is not the portal’s address' }).waitFor();
    expect(await page.getByLabel('Email').count()).toBe(0);
    const link = page.getByRole('link', { name: /^Open / });
    expect(await link.getAttribute('href')).toBe(`${web}/sign-in`);
    await close();
  });
});
