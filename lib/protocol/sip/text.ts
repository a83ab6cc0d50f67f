/**
 * Text on the wire is bytes. Inside the stack it is a latin1 string, one character per byte, so
 * that whatever came in goes out again byte for byte, malformed UTF-8 included. These helpers
 * stand at the border to people's text.
 */

/** People's text as a wire string (UTF-8 bytes, one character each). */
export function toWireText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** A wire string as people's text; bytes that are not UTF-8 become U+FFFD, NUL disappears. */
export function fromWireText(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8').replaceAll('\0', '');
}

/**
 * A copy that does not pin the packet it was cut from. V8 keeps a slice's whole parent alive, so
 * whatever outlives its message (bindings, dialogs) is stored through this.
 */
export function flatText(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'latin1').toString('latin1');
}
