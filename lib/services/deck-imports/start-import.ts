import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { lockDeck } from '@/lib/services/decks/find-deck';
import { parseInput } from '@/lib/services/parse';
import type { ImportField } from './fields';
import { findImport, toWireImport } from './internal/view';
import {
  type ImportMapping,
  importMappingSchema,
  type StartImportInput,
  startImportSchema,
  type WireImport,
} from './schemas';

/**
 * Has an import's rows read by a mapping, which is remembered for the next file of this kind. One
 * that was refused may be started again by another mapping; one that is under way goes on as it is.
 * Throws CONFLICT for one that is over, INVALID_INPUT for a mapping without prefix or price.
 */
export async function startImport(
  context: ServiceContext,
  importId: string,
  input: StartImportInput = {},
): Promise<WireImport> {
  authorize(context, 'decks.write');
  const { mapping: given } = parseInput(startImportSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const { deckId } = await findImport(tx, context, importId);
    const deck = await lockDeck(tx, context, deckId);
    const row = await findImport(tx, context, importId);
    if (row.state === 'queued' || row.state === 'reading') return;
    if (row.state !== 'mapping' && row.state !== 'refused') {
      throw new AppError('CONFLICT', whyNot(row.state));
    }
    const mapping = given ?? importMappingSchema.parse(row.mapping);
    checkMapping(mapping, deck.pricing);
    await tx.deckImportProblem.deleteMany({ where: { importId: row.id } });
    await tx.deckImport.update({
      where: { id: row.id },
      data: {
        ...{ state: 'queued', mapping, attempts: 0, claim: null, claimedUntil: null },
        ...{ rowsRead: 0, progressPpm: 0, problemCount: 0, problemsCut: false, failure: null },
        finishedAt: null,
      },
    });
    await recordAudit(tx, context, {
      verb: 'deckImports.start',
      objectKind: 'deck_import',
      objectId: row.id,
      accountId: deck.accountId,
      detail: { deckId, columns: mapping.columns },
    });
  });
  return toWireImport(await findImport(context.database.prisma, context, importId));
}

function whyNot(state: string): string {
  switch (state) {
    case 'uploaded':
      return 'The file’s columns are being looked at. Try again in a moment.';
    case 'done':
      return 'This import is done: its rates are a version of the deck.';
    default:
      return `This import is over (${state}). Upload the file again.`;
  }
}

/** Throws INVALID_INPUT for a mapping by which no rate can be made, and for a column used twice. */
export function checkMapping(mapping: ImportMapping, pricing: 'rates' | 'markup'): void {
  const price: ImportField = pricing === 'markup' ? 'markupPercent' : 'perMinute';
  for (const field of ['prefix', price] as const) {
    if (mapping.columns[field] !== undefined) continue;
    const message = `no column is said to be the ${field === 'prefix' ? 'prefix' : 'price'}`;
    throw new AppError('INVALID_INPUT', `mapping: ${message}.`, {
      meta: { issues: [{ path: `mapping.columns.${field}`, message }] },
    });
  }
  const taken = new Map<number, string>();
  for (const [field, column] of Object.entries(mapping.columns)) {
    const other = taken.get(column);
    if (other !== undefined) {
      const message = `column ${column + 1} can't be "${other}" and "${field}"`;
      throw new AppError('INVALID_INPUT', `mapping: ${message}.`, {
        meta: { issues: [{ path: `mapping.columns.${field}`, message }] },
      });
    }
    taken.set(column, field);
  }
}
