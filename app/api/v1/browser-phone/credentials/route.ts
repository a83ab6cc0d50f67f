import { mintBrowserCredential } from '@/lib/services/extensions/mint-browser-credential';
import {
  browserCredentialSchema,
  mintBrowserCredentialSchema,
} from '@/lib/services/extensions/schemas';
import { route } from '@/lib/web/route';
import { browserPhoneAccess } from '@/lib/web/sip-access';

/** Takes no Idempotency-Key: the answer holds a secret, which is stored nowhere. */
export const POST = route({
  summary: 'Get credentials for a phone in the browser',
  description:
    'They work for ten minutes, by WebSocket alone. Ask anew before they end; the extension’s own secret stays where it is.',
  permission: 'browserPhone.use',
  body: mintBrowserCredentialSchema,
  response: browserCredentialSchema,
  errors: ['NOT_FOUND', 'CONFLICT'],
})(({ context, input }) => mintBrowserCredential(context, input.body, browserPhoneAccess));
