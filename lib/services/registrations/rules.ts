import type { BindingKey } from './types';

/** A text that is equal for the same binding of the same extension; for map keys. */
export function bindingKeyOf(key: BindingKey): string {
  return `${key.extensionId} ${key.contactUri} ${key.instanceId} ${key.regId}`;
}
