import { checkBooks } from '@/lib/services/ledger/check-books';
import { booksSchema } from '@/lib/services/ledger/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Check that the books are in order, now',
  description: 'Every invariant over all postings, charges and holds, each with what breaks it.',
  permission: 'ledger.verify',
  response: booksSchema,
})(({ context }) => checkBooks(context));
