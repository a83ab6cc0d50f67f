import { z } from 'zod';
import { redeemProvisioningToken } from '@/lib/services/extensions/redeem-provisioning-token';
import { sipCredentialsSchema } from '@/lib/services/extensions/schemas';
import { publicRoute } from '@/lib/web/route';

const params = z.object({ token: z.string().min(20).max(100) });

/** Tells nothing and uses nothing up: link scanners and previews fetch whatever they see. */
export const GET = publicRoute({
  summary: 'Say how a provisioning link is used',
  params,
  response: z.object({ hint: z.string() }),
})(async () => ({ hint: 'Send a POST to this address to receive the SIP credentials, once.' }));

export const POST = publicRoute({
  summary: 'Receive SIP credentials, once',
  params,
  response: sipCredentialsSchema,
  errors: ['GONE'],
})(({ runtime, input, address, requestId }) => {
  const { database, clock, sealer } = runtime;
  const bearer = { database, clock, sealer, address, requestId };
  return redeemProvisioningToken(bearer, input.params.token);
});
