import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';
import { type Person, signIn } from './browser-http';
import { sharedProduct } from './browser-product';
import { eventually } from './eventually';
import { findProgram } from './peers.mjs';

/** Headless, as root, and without asking anybody outside for anything. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  // A microphone that hums, and no question whether it may.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // The lab is on loopback, where browsers look for nobody's media otherwise.
  '--allow-loopback-in-peer-connection',
];

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** A page is at rest when it is the same for so many looks in a row. */
const CALM_LOOKS = 3;
const SCREENS = path.resolve('tests/output/screens');

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 360, height: 760 };

/** Starts Chromium; every name that is given leads to this machine. */
export async function openBrowser(hosts: readonly string[] = []): Promise<Browser> {
  const executablePath = findProgram('chromium');
  if (executablePath === null) throw new Error('chromium is not installed');
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',');
  const args = hosts.length === 0 ? ARGS : [...ARGS, `--host-resolver-rules=${rules}`];
  return chromium.launch({ executablePath, args });
}

export interface VisitOptions {
  readonly path: string;
  /** Signed in as; nobody when left out. */
  readonly as?: Person;
  /** A session that was opened by other means. */
  readonly cookie?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Another origin than the product's own. */
  readonly origin?: string;
}

/** A browser window of one person, and whatever it complained about. */
export interface Visit {
  readonly page: Page;
  /** Console errors, uncaught exceptions and violations of the content security policy. */
  readonly complaints: string[];
  /** Requests that have not been answered yet; the live stream is none of them. */
  readonly loading: ReadonlySet<Request>;
  close(): Promise<void>;
}

/** Opens a page in a window of its own. */
export async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const origin = options.origin ?? sharedProduct().ready.web;
  const context = await browser.newContext({
    viewport: options.viewport ?? WIDE,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const cookie = options.cookie ?? (options.as && (await signIn(options.as, origin)));
  if (cookie !== undefined) await setSession(context, origin, cookie);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  const loading = watchLoading(page);
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`CSP ${event.violatedDirective}: ${event.blockedURI}`),
    ),
  );
  await page.goto(`${origin}${options.path}`);
  return { page, complaints, loading, close: () => context.close() };
}

function watchLoading(page: Page): ReadonlySet<Request> {
  const loading = new Set<Request>();
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/live')) loading.add(request);
  });
  page.on('requestfinished', (request) => loading.delete(request));
  page.on('requestfailed', (request) => loading.delete(request));
  return loading;
}

async function setSession(context: BrowserContext, origin: string, cookie: string): Promise<void> {
  const at = cookie.indexOf('=');
  const [name, value] = [cookie.slice(0, at), cookie.slice(at + 1)];
  await context.addCookies([{ name, value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
}

/** Waits until a page shows what it has to say: it lives, nothing loads, nothing moves. */
export async function settled({ page, loading }: Visit): Promise<void> {
  await page.waitForFunction(async () => {
    const busy = '[aria-busy="true"]:not(button), [data-skeleton]';
    const title = document.querySelector('h1');
    if (document.querySelector(busy) !== null || title === null) return false;
    // React has taken the page over: what the server sent is only a picture until then.
    if (!Object.keys(title).some((key) => key.startsWith('__reactFiber'))) return false;
    await document.fonts.ready;
    return document
      .getAnimations()
      .every(
        (animation) =>
          animation.playState !== 'running' ||
          animation.effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY,
      );
  });
  let before = -1;
  let calm = 0;
  await eventually(async () => {
    const elements = await page.locator('*').count();
    calm = elements === before && loading.size === 0 ? calm + 1 : 0;
    before = elements;
    return calm >= CALM_LOOKS;
  });
}

/** Violations of WCAG 2.2 AA, a line each with where they are. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(WCAG_22_AA)
    .setLegacyMode(true)
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      `${id}: ${help} at ${target.join(' ')}: ${failureSummary ?? ''}`.replace(/\s+/g, ' '),
    ),
  );
}

/** By how many pixels a page is wider than its window; what sticks out is named. */
export async function sidewaysFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    const names = wide.slice(0, 5).map((element) => `${element.tagName}.${element.className}`);
    return [`${scrollWidth - clientWidth} px too wide: ${names.join(' | ')}`];
  });
}

/** Keeps a picture of a page for whoever wants to look; ignored by git. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENS, `${name}.png`), animations: 'disabled' });
}

/** Looks at what a page shows now in both themes and on a phone, keeps the pictures, says what is wrong. */
export async function faultsInEveryLook(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [look, theme, viewport] of [
    ['light', 'light', WIDE],
    ['dark', 'dark', WIDE],
    ['360', 'light', NARROW],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const dark = page.locator('html.dark, html[data-theme="dark"]');
    await dark.waitFor({ state: theme === 'dark' ? 'attached' : 'detached' });
    await page.setViewportSize(viewport);
    await keepScreen(page, `${name}-${look}`);
    const found = [...(await accessibilityFaults(page)), ...(await sidewaysFaults(page))];
    faults.push(...found.map((fault) => `${name}-${look}: ${fault}`));
  }
  await page.setViewportSize(WIDE);
  return faults;
}
