import { describe, inject } from 'vitest';
import type { SharedProduct } from './browser-setup';

/** The product of this run. Only inside describeLab. */
export function sharedProduct(): SharedProduct {
  const product = inject('product');
  if (product === null) throw new Error('no product was started');
  return product;
}

/** Tests against the running lab; skipped, saying why, where a peer is missing. */
export function describeLab(name: string, body: () => void): void {
  const lacking = inject('lacking');
  if (lacking === '') describe(name, body);
  else describe.skip(`${name} (${lacking} not installed)`, body);
}
