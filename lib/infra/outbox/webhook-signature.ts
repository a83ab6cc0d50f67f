import { createHmac, randomBytes } from 'node:crypto';

/** How signing secrets are written (standard-webhooks, "Signature scheme"). */
const PREFIX = 'whsec_';
/** standard-webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A fresh signing secret. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

export interface SignedMessage {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
}

/** The headers by which a receiver knows a message for ours, and for not replayed. */
export function webhookHeaders(secret: string, message: SignedMessage): Record<string, string> {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signed = `${message.id}.${message.timestampSeconds}.${message.body}`;
  const signature = createHmac('sha256', key).update(signed, 'utf8').digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampSeconds),
    'webhook-signature': `v1,${signature}`,
  };
}
