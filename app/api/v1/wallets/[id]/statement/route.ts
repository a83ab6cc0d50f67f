import { z } from 'zod';
import { listStatement } from '@/lib/services/ledger/list-statement';
import { statementPageSchema, statementQuerySchema } from '@/lib/services/ledger/schemas';
import { idSchema } from '@/lib/services/wire/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: "List a wallet's postings, the newest first, each with the balance after it",
  permission: 'wallets.read',
  params: z.object({ id: idSchema }),
  query: statementQuerySchema,
  response: statementPageSchema,
  errors: ['NOT_FOUND'],
})(({ context, input }) => listStatement(context, input.params.id, input.query));
