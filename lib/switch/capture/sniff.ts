/** Call-IDs longer than this belong to nobody we know; what they say is not kept. */
const MAX_CALL_ID = 256;
/** Where a Call-ID stands in any message worth keeping. */
const SEARCHED_BYTES = 4_096;

const CALL_ID = /\n(?:call-id|i)[ \t]*:[ \t]*([^\s]+)/i;

/** The Call-ID of a message that is not parsed yet, or undefined. */
export function callIdOf(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, SEARCHED_BYTES));
  const found = CALL_ID.exec(head)?.[1];
  return found === undefined || found.length > MAX_CALL_ID ? undefined : found;
}

/** Whether it is the request that a call begins with. */
export function isInvite(bytes: Buffer): boolean {
  return bytes.length > 7 && bytes.toString('latin1', 0, 7) === 'INVITE ';
}
