import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { CARRIER_PORTS } from './browser-calls';
import { eventually } from './eventually';
import { hasPeer } from './peers.mjs';
import { type Ready, startProduct } from './product';

/** The one product of an e2e run, as its test files see it. */
export interface SharedProduct {
  readonly ready: Ready;
  /** The database as its owner. */
  readonly ownerUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    product: SharedProduct | null;
    /** Why nothing can be tried here; empty where all is there. */
    lacking: string;
  }
}

/** Other makers' programs without which no page can be looked at and no call be made. */
const NEEDED = ['chromium', 'sipp'] as const;

/** Starts the lab once for all files of the e2e suite; where a peer is missing, they skip and say so. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const lacking = NEEDED.filter((program) => !hasPeer(program)).join(' and ');
  provide('lacking', lacking);
  provide('product', null);
  if (lacking !== '') return undefined;
  const running = process.env['E2E_PRODUCT'];
  if (running !== undefined) {
    const shared: SharedProduct = JSON.parse(readFileSync(running, 'utf8'));
    await moveCarriers(shared.ready.web);
    provide('product', shared);
    return undefined;
  }
  const product = await startProduct({ scenario: 'lab' });
  await moveCarriers(product.ready.web);
  provide('product', { ready: product.ready, ownerUrl: product.ownerUrl });
  return async () => {
    mkdirSync('tests/output', { recursive: true });
    writeFileSync('tests/output/e2e-product.log', product.log);
    await product.stop();
  };
}

const API_KEY = 'tb_lab_key_for_loopback_only';

const trunkSchema = z.object({
  id: z.string(),
  name: z.string(),
  generation: z.number(),
  status: z.object({ observedGeneration: z.number().nullable() }),
});

/** Gives the carriers ports of this suite's own, so that it may run beside the switch suite. */
async function moveCarriers(web: string): Promise<void> {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(`${web}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { items } = z.object({ items: z.array(trunkSchema) }).parse(await call('/trunks'));
  for (const [name, port] of Object.entries(CARRIER_PORTS)) {
    const trunk = items.find((one) => one.name === name);
    if (!trunk) throw new Error(`the lab has no ${name}`);
    await call(`/trunks/${trunk.id}`, { method: 'PATCH', body: JSON.stringify({ port }) });
    await eventually(async () => {
      const { generation, status } = trunkSchema.parse(await call(`/trunks/${trunk.id}`));
      return status.observedGeneration !== null && status.observedGeneration >= generation;
    });
  }
}
