import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { readCalls } from './internal/read';
import { toWireCall } from './internal/view';
import { csvCell } from './rules';
import { type ExportCallsInput, exportCallsSchema, type WireCall } from './schemas';

/** Read at a time: one page in memory, whatever the export's size. */
const CHUNK_ROWS = 1_000;
/** More than a spreadsheet takes (1,048,576 rows). */
const MAX_ROWS = 1_000_000;

const COLUMNS: readonly (readonly [string, (call: WireCall) => string | number | null])[] = [
  ['id', (call) => call.id],
  ['account', (call) => call.account.name],
  ['direction', (call) => call.direction],
  ['result', (call) => call.result],
  ['from', (call) => call.from.number],
  ['to', (call) => call.to.number],
  ['dialled', (call) => call.dialled],
  ['destination', (call) => call.destination],
  ['started_at', (call) => call.startedAt],
  ['answered_at', (call) => call.answeredAt],
  ['ended_at', (call) => call.endedAt],
  ['duration_seconds', (call) => (call.durationMs / 1_000).toFixed(3)],
  ['hung_up_by', (call) => call.hungUpBy],
  ['sip_status', (call) => call.sipStatus],
  ['q850_cause', (call) => call.q850Cause],
  ['refusal', (call) => call.refusal?.code ?? null],
  ['price', (call) => call.price?.amount ?? null],
  ['paid', (call) => call.paid?.amount ?? null],
  ['earned', (call) => call.earned?.amount ?? null],
  ['currency', (call) => (call.price ?? call.paid ?? call.earned)?.currency ?? null],
];

/**
 * The calls of a filter as CSV with a header line, in pieces as they are read. Checked before the
 * first piece: refusals are thrown by the call itself, not by the iteration.
 */
export function exportCalls(
  context: ServiceContext,
  input: ExportCallsInput = {},
): AsyncGenerator<string, void, void> {
  authorize(context, 'calls.read');
  const filter = parseInput(exportCallsSchema, input);
  return writeCsv(context, filter);
}

async function* writeCsv(
  context: ServiceContext,
  filter: ExportCallsInput,
): AsyncGenerator<string, void, void> {
  yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  let before: string | null = null;
  for (let written = 0; written < MAX_ROWS; written += CHUNK_ROWS) {
    const calls = await readCalls(context, filter, { before, limit: CHUNK_ROWS });
    if (calls.length > 0) {
      yield calls
        .map(({ row, charges }) => toCsvLine(toWireCall(row, charges, context.actor)))
        .join('');
    }
    before = calls.at(-1)?.row.id ?? null;
    if (calls.length < CHUNK_ROWS) return;
  }
}

function toCsvLine(call: WireCall): string {
  return `${COLUMNS.map(([, cellOf]) => csvCell(cellOf(call))).join(',')}\r\n`;
}
