import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accessibilityFaults,
  keepScreen,
  NARROW,
  openBrowser,
  settled,
  sidewaysFaults,
  type Visit,
  visit,
} from '@/tests/support/browser';
import { getApi } from '@/tests/support/browser-http';
import { describeLab } from '@/tests/support/browser-product';

const EXTENSION = '110';

interface Extension {
  readonly id: string;
  readonly number: string;
  readonly forwarding: Readonly<Record<string, string | number | null>>;
}

let browser: Browser;

async function extension(): Promise<Extension> {
  const { items } = await getApi<{ items: Extension[] }>('acme', `/extensions?search=${EXTENSION}`);
  const found = items.find((one) => one.number === EXTENSION);
  if (!found) throw new Error(`no extension ${EXTENSION}`);
  return found;
}

async function openCalling(as: 'acme', viewport?: typeof NARROW): Promise<Visit> {
  const { id } = await extension();
  const opened = await visit(browser, {
    path: `/extensions?open=${id}`,
    as,
    ...(viewport ? { viewport } : {}),
  });
  await settled(opened);
  await opened.page.getByRole('tab', { name: 'Calling' }).click();
  await opened.page.getByRole('heading', { name: 'Forwarding' }).waitFor();
  return opened;
}

const saveIn = (page: Page) => page.getByRole('button', { name: 'Save forwarding' });

describeLab('where the calls of an extension go on to', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('is entered by keyboard, kept as digits, and told as saved', async () => {
    const { page, complaints, close } = await openCalling('acme');
    expect(await saveIn(page).isDisabled()).toBe(true);
    await page.getByLabel('When busy').fill('(202) 555-0199');
    await page.keyboard.press('Tab');
    await page.keyboard.type('102');
    await page.getByLabel('After').fill('35');
    await page.keyboard.press('Enter');
    await page.getByText('Forwarding is saved').waitFor();
    expect(await page.getByLabel('When busy').inputValue()).toBe('2025550199');
    expect((await extension()).forwarding).toEqual({
      always: null,
      busy: '2025550199',
      noAnswer: '102',
      unreachable: null,
      noAnswerSeconds: 35,
    });
    expect(complaints).toEqual([]);
    await close();
  });

  test('is refused at the field that it is about, and nothing is changed', async () => {
    const before = await extension();
    const { page, close } = await openCalling('acme');
    for (const [label, value, words] of [
      ['All calls', '911', 'This is an emergency number.'],
      ['When busy', EXTENSION, 'This is this extension itself.'],
    ] as const) {
      const was = await page.getByLabel(label).inputValue();
      await page.getByLabel(label).fill(value);
      await saveIn(page).click();
      await page.getByText(words).waitFor();
      expect(await page.getByLabel(label).getAttribute('aria-invalid')).toBe('true');
      await page.getByLabel(label).fill(was);
    }
    expect((await extension()).forwarding).toEqual(before.forwarding);
    await close();
  });

  test('reads well in both themes and on a phone', async () => {
    for (const [name, viewport] of [
      ['wide', undefined],
      ['360', NARROW],
    ] as const) {
      for (const theme of ['light', 'dark'] as const) {
        const { page, close } = await openCalling('acme', viewport);
        await page.emulateMedia({ colorScheme: theme });
        await page.getByLabel('All calls').fill('102');
        await page.getByText('While all calls are forwarded').waitFor();
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await sidewaysFaults(page)).toEqual([]);
        await keepScreen(page, `extension-forwarding-${name}-${theme}`);
        await close();
      }
    }
  });
});
