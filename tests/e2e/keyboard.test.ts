import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, settled, type Visit, visit } from '@/tests/support/browser';
import { describeLab } from '@/tests/support/browser-product';

/** Stops before a page's main act, beyond its frame: search, filters, columns. */
const MAX_STOPS = 40;

let browser: Browser;

async function open(path: string): Promise<Visit> {
  const opened = await visit(browser, { path, as: 'acme' });
  await settled(opened);
  return opened;
}

/** What has the focus, by the name that a screen reader says; and whether the eye can tell. */
const focused = (page: Page): Promise<{ name: string; isShown: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return { name: '', isShown: false };
    const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
    const { outlineStyle, boxShadow } = getComputedStyle(element);
    const ring = outlineStyle !== 'none' || boxShadow !== 'none';
    // Fields may show it on the frame around them.
    const frame = element.parentElement && getComputedStyle(element.parentElement);
    const isFramed =
      frame !== null && (frame.outlineStyle !== 'none' || frame.boxShadow !== 'none');
    return { name: name.trim(), isShown: ring || isFramed };
  });

/** The names of what Tab stops at, up to one. */
async function tabTo(page: Page, target: string): Promise<string[]> {
  const stops: string[] = [];
  while (stops.length < MAX_STOPS) {
    await page.keyboard.press('Tab');
    const { name, isShown } = await focused(page);
    expect(isShown, `the focus on "${name}" can be seen`).toBe(true);
    stops.push(name);
    if (name === target) return stops;
  }
  throw new Error(`"${target}" is not reached: ${stops.join(' · ')}`);
}

describeLab('by keyboard alone', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test.each([
    ['/overview', 'Order a plan'],
    ['/extensions', 'Add extension'],
    ['/plans', 'Order Extension'],
    ['/calls', 'Export CSV'],
  ])('Tab on %s leads past the way to skip ahead to "%s"', async (path, action) => {
    const { page, close } = await open(path);
    const [first, ...rest] = await tabTo(page, action);
    expect(first).toBe('Skip to the page');
    expect(rest.length).toBeGreaterThan(0);
    await close();
  });

  test('the way to skip leads behind the navigation', async () => {
    const { page, close } = await open('/extensions');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const stops = await tabTo(page, 'Add extension');
    expect(stops).not.toContain('Overview');
    await close();
  });

  test('"/" goes to the search of the list, and typing there is only typing', async () => {
    const { page, close } = await open('/extensions');
    await page.keyboard.press('/');
    expect((await focused(page)).name).toBe('Name or number');
    await page.keyboard.type('g104');
    await page.waitForURL('**/extensions?*g104*');
    expect(await page.getByLabel('Name or number').inputValue()).toBe('g104');
    await close();
  });

  test('Ctrl K opens the palette, which finds places and goes there', async () => {
    const { page, close } = await open('/overview');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Search or jump to' });
    await palette.waitFor();
    await page.keyboard.type('exten');
    await palette.getByRole('option', { name: /Extensions/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/extensions');
    await palette.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
    await palette.waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'hidden' });
    await close();
  });

  test('G and a letter go to a place; "?" says which', async () => {
    const { page, close } = await open('/overview');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL('**/calls');
    await page.getByRole('heading', { level: 1, name: 'Calls' }).waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.getByText('Go to Extensions').waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await close();
  });

  test('a row is opened and closed again without a mouse, and the focus returns to it', async () => {
    const { page, close } = await open('/extensions');
    await page.getByRole('button', { name: '103 Extension 103' }).focus();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog').filter({ hasText: 'SIP credentials' });
    await sheet.waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    expect((await focused(page)).name).toBe('103 Extension 103');
    await close();
  });

  test('one signs in by keyboard: the first field has the focus, Enter sends', async () => {
    const opened = await visit(browser, { path: '/sign-in' });
    const { page, close } = opened;
    await settled(opened);
    await page.keyboard.type('acme@lab.test');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Lab-password-1');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/overview');
    await close();
  });
});
