import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { ask, getApi, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';

const NUMBER = '+12025550101';
const SHOWN = '+1 202-555-0101';
const PBX = 'Head office';

interface Listed<Item> {
  readonly items: readonly Item[];
}

interface NumberView {
  readonly id: string;
  readonly e164: string;
  readonly tenant: { readonly id: string } | null;
  readonly extension: { readonly id: string; readonly number: string } | null;
  readonly trunk: { readonly name: string } | null;
}

interface TrunkView {
  readonly id: string;
  readonly name: string;
  readonly identityHeader: string;
}

let browser: Browser;

/** Acts as Acme's owner does in the browser. */
async function change(method: 'PUT' | 'DELETE', path: string, body = {}): Promise<void> {
  await changeAs('acme', { method, path, body });
}

async function changeAs(
  who: 'acme' | 'operator',
  { method, path, body }: { method: 'PUT' | 'PATCH' | 'DELETE'; path: string; body: object },
): Promise<void> {
  const { web } = sharedProduct().ready;
  const answer = await ask(`${web}/api/v1${path}`, {
    method,
    cookie: await signIn(who),
    headers: { 'x-portal-csrf': '1', origin: web, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
}

async function acmeNumber(): Promise<NumberView> {
  const { items } = await getApi<Listed<NumberView>>('acme', '/numbers');
  const found = items.find(({ e164 }) => e164 === NUMBER);
  if (!found) throw new Error(`Acme has no ${NUMBER}`);
  return found;
}

async function pbxId(): Promise<string> {
  const { items } = await getApi<Listed<{ id: string; name: string }>>('acme', '/trunks');
  const found = items.find(({ name }) => name === PBX);
  if (!found) throw new Error(`Acme has no ${PBX}`);
  return found.id;
}

describeLab("a customer's PBX", () => {
  let before: NumberView;

  beforeAll(async () => {
    browser = await openBrowser();
    before = await acmeNumber();
  });

  afterAll(async () => {
    await change('PUT', `/numbers/${before.id}/assignment`, {
      tenantId: before.tenant?.id,
      extensionId: before.extension?.id,
    });
    await change('DELETE', `/trunks/${await pbxId()}`);
    await browser?.close();
  });

  test('is added by keyboard and shows what it registers with, the secret once', async () => {
    const opened = await visit(browser, { path: '/trunks', as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByRole('button', { name: 'Add trunk' }).first().press('Enter');
    await page.getByLabel('Name').fill(PBX);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: PBX, exact: true }).waitFor();
    await page.getByRole('button', { name: 'Make a new secret' }).press('Enter');
    await page.getByText('Shown once.').waitFor();
    await page.getByText('No number leads to it yet').waitFor();
    expect([...(await faultsInEveryLook(page, 'trunks-sheet')), ...complaints]).toEqual([]);
    await close();
  });

  test('gets a number led to it by keyboard, and loses it again with a way back', async () => {
    const opened = await visit(browser, { path: `/trunks?open=${await pbxId()}`, as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByRole('combobox', { name: 'Lead a number here' }).focus();
    await page.keyboard.type('0101');
    const option = page.getByRole('option', { name: SHOWN });
    await option.getByText('rings 101 now').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Lead here' }).press('Enter');
    await page.getByText(`${SHOWN} leads to ${PBX}`).waitFor();
    const away = page.getByRole('button', { name: `Lead ${SHOWN} away from ${PBX}` });
    await away.waitFor();
    expect(await acmeNumber()).toMatchObject({ trunk: { name: PBX }, extension: null });
    expect(await faultsInEveryLook(page, 'trunks-sheet-number')).toEqual([]);
    await away.press('Enter');
    await page.getByText('leads nowhere now').first().waitFor();
    await page.getByText('No number leads to it yet').waitFor();
    expect(await acmeNumber()).toMatchObject({ trunk: null, extension: null });
    await page.getByRole('button', { name: 'Undo' }).first().press('Enter');
    await away.waitFor();
    expect(await acmeNumber()).toMatchObject({ trunk: { name: PBX } });
    expect(complaints).toEqual([]);
    await close();
  });

  test('is told apart from a carrier in the operator’s list and sheet', async () => {
    const opened = await visit(browser, {
      path: `/admin/carriers?open=${await pbxId()}`,
      as: 'operator',
    });
    const { page, complaints, close } = opened;
    await settled(opened);
    const sheet = page.getByRole('dialog');
    await sheet.getByText('acme.lab.test').waitFor();
    await sheet.getByText(/^pbx-[0-9a-f]{10}$/).waitFor();
    await sheet.getByRole('heading', { name: 'Numbers that lead to it' }).waitFor();
    expect([...(await faultsInEveryLook(page, 'carriers-sheet-pbx')), ...complaints]).toEqual([]);
    await close();
  });
});

describeLab("a carrier's trunk", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('is told who calls by the header that is chosen in its sheet', async () => {
    const { items } = await getApi<Listed<TrunkView>>('operator', '/trunks');
    const trunk = items.find(({ name }) => name === 'carrier-b');
    expect(trunk?.identityHeader).toBe('pai');
    const path = `/admin/carriers?open=${trunk?.id}`;
    const opened = await visit(browser, { path, as: 'operator' });
    const { page, complaints, close } = opened;
    await settled(opened);
    const sheet = page.getByRole('dialog');
    await sheet.getByText('More settings', { exact: true }).click();
    const choose = async (from: string, to: string): Promise<void> => {
      const choice = sheet.getByRole('combobox', { name: 'It is told who calls by' });
      await choice.getByText(from).waitFor();
      await choice.click();
      await page.getByRole('option', { name: to }).click();
      await sheet.getByRole('button', { name: 'Save changes' }).click();
      await page.getByText('carrier-b was changed').first().waitFor();
    };
    await choose('P-Asserted-Identity', 'Remote-Party-ID');
    const changed = await getApi<TrunkView>('operator', `/trunks/${trunk?.id}`);
    expect(changed.identityHeader).toBe('rpid');
    const body = { identityHeader: 'pai' };
    await changeAs('operator', { method: 'PATCH', path: `/trunks/${trunk?.id}`, body });
    expect([...(await faultsInEveryLook(page, 'carriers-sheet-more')), ...complaints]).toEqual([]);
    await close();
  });

  test('says at its fields what is missing, for either way of being known', async () => {
    const opened = await visit(browser, { path: '/admin/carriers', as: 'operator' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByRole('button', { name: 'Add trunk' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('More settings', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Add trunk' }).click();
    await dialog.getByText('is needed').waitFor();
    expect(await dialog.getByLabel('IP address').getAttribute('aria-invalid')).toBe('true');
    expect(await faultsInEveryLook(page, 'carriers-add-by-address')).toEqual([]);
    await dialog.getByRole('combobox', { name: 'How it is known' }).click();
    await page.getByRole('option', { name: /We register with it/ }).click();
    await dialog.getByText('Kept sealed, and never shown again').waitFor();
    expect([...(await faultsInEveryLook(page, 'carriers-add-registered')), ...complaints]).toEqual(
      [],
    );
    await close();
  });
});
