import { AppError } from '@/lib/core/errors';
import { CsvReader, type Delimiter, guessDelimiter, type SheetRow } from './csv';
import { EncodingGuess, type TextEncodingName, tableKindOf } from './text-encoding';
import { openWorkbook } from './workbook.server';
import type { PartlyReadable } from './zip.server';

/** Enough to see which kind a file is of, and what parts its cells. */
const HEAD_BYTES = 65_536;

/** How a table file is read. */
export interface TableFormat {
  readonly kind: 'csv' | 'xlsx';
  /** null for workbooks. */
  readonly encoding: TextEncodingName | null;
  readonly delimiter: Delimiter | null;
  /** The sheet of a workbook that is read. */
  readonly sheet: string | null;
}

/** Rows in the order of the file, in pieces, and how much of it was read by then: 0 to 1. */
export type TableRows = AsyncGenerator<{
  readonly rows: readonly SheetRow[];
  readonly part: number;
}>;

/**
 * Finds out how a file has to be read; all of a text passes by, for its encoding. Throws
 * INVALID_INPUT for what is no table.
 */
export async function tableFormatOf(file: PartlyReadable): Promise<TableFormat> {
  const head = await headOf(file);
  if (tableKindOf(head) === 'xlsx') {
    const { sheet } = await openWorkbook(file);
    return { kind: 'xlsx', encoding: null, delimiter: null, sheet };
  }
  const guess = new EncodingGuess();
  for await (const chunk of file.read(0, file.bytes)) guess.push(chunk);
  const encoding = guess.end();
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  return { kind: 'csv', encoding, delimiter: guessDelimiter(text), sheet: null };
}

/** The rows of a file whose format is known. Throws INVALID_INPUT where it can't be read. */
export async function* tableRows(file: PartlyReadable, format: TableFormat): TableRows {
  if (format.kind === 'xlsx') {
    const workbook = await openWorkbook(file);
    for await (const rows of workbook.rows()) yield { rows, part: workbook.part() };
    return;
  }
  const reader = new CsvReader(format.delimiter ?? ',');
  const decoder = new TextDecoder(format.encoding ?? 'utf-8');
  let bytes = 0;
  for await (const chunk of file.read(0, file.bytes)) {
    bytes += chunk.length;
    const rows = reader.push(decoder.decode(chunk, { stream: true }));
    yield { rows, part: bytes / file.bytes };
  }
  yield { rows: [...reader.push(decoder.decode()), ...reader.end()], part: 1 };
}

/** The first rows of a file. */
export async function firstRows(
  file: PartlyReadable,
  format: TableFormat,
  count: number,
): Promise<readonly SheetRow[]> {
  const first: SheetRow[] = [];
  for await (const { rows } of tableRows(file, format)) {
    first.push(...rows.slice(0, count - first.length));
    if (first.length === count) break;
  }
  return first;
}

async function headOf(file: PartlyReadable): Promise<Buffer> {
  if (file.bytes === 0) throw new AppError('INVALID_INPUT', 'The file is empty.');
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(0, Math.min(HEAD_BYTES, file.bytes))) chunks.push(chunk);
  return Buffer.concat(chunks);
}
