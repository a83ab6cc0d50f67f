/** Every secret starts so: scanners of public code find it by that. */
export const SECRET_PREFIX = 'tb_';

/** Characters of a secret that stay readable in lists. */
const HINT_LENGTH = 9;

/** Whether a text can be a key's secret at all: what is not never reaches the database. */
export function looksLikeSecret(text: string): boolean {
  return /^tb_[A-Za-z0-9_-]{20,120}$/.test(text);
}

/** What is shown of a secret once it can't be shown any more: "tb_4hK2q1…". */
export function hintOf(secret: string): string {
  return `${secret.slice(0, HINT_LENGTH)}…`;
}
