import type { BindingKey } from './types';

/** A text that is equal for the same binding of the same extension; for map keys. */
export function bindingKeyOf(key: BindingKey): string {
  return `${key.extensionId} ${key.contactUri} ${key.instanceId} ${key.regId}`;
}

/** Whether two keys name the same binding. */
export function isSameBinding(left: BindingKey, right: BindingKey): boolean {
  return (
    left.extensionId === right.extensionId &&
    left.contactUri === right.contactUri &&
    left.instanceId === right.instanceId &&
    left.regId === right.regId
  );
}
