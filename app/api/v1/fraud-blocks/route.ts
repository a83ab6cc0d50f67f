import { createFraudBlock } from '@/lib/services/fraud/create-fraud-block';
import { listFraudBlocks } from '@/lib/services/fraud/list-fraud-blocks';
import {
  createFraudBlockSchema,
  fraudBlockPageSchema,
  fraudBlockSchema,
  listFraudBlocksSchema,
} from '@/lib/services/fraud/schemas';
import { created } from '@/lib/web/reply';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'List who may not call out, the latest first',
  permission: 'fraud.read',
  query: listFraudBlocksSchema,
  response: fraudBlockPageSchema,
})(({ context, input }) => listFraudBlocks(context, input.query));

export const POST = route({
  summary: 'Block an extension or an account from calling out; emergency calls still work',
  permission: 'fraud.release',
  body: createFraudBlockSchema,
  response: fraudBlockSchema,
  status: 201,
  idempotency: 'optional',
  errors: ['NOT_FOUND', 'CONFLICT'],
})(async ({ context, input }) => {
  const block = await createFraudBlock(context, input.body);
  return created(block, `/api/v1/fraud-blocks/${block.id}`);
});
