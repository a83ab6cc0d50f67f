import { AppError } from '@/lib/core/errors';
import { MAX_CELL_CHARACTERS, MAX_CELLS, type SheetRow } from './csv';
import { StringPool } from './string-pool';
import { cellText, type NumberLook, readStyles, WorkbookPart } from './workbook-parts';
import { attributeOf, type XmlHandler, XmlReader } from './xml';
import { type PartlyReadable, readZip, unpack, type ZipEntry } from './zip.server';

/** Texts that cells share, in memory: a million prefixes and names take some 30 MB. */
const MAX_SHARED_BYTES = 268_435_456;
/** Small parts: styles, the list of sheets. */
const MAX_SMALL_BYTES = 16_777_216;

/** A workbook that was opened: rows are read as often as one likes. */
export interface Workbook {
  /** The name of the sheet that is read: the first that is not hidden. */
  readonly sheet: string;
  /** Rows in the order of the sheet, in pieces; empty ones are left out. */
  rows(): AsyncGenerator<readonly SheetRow[]>;
  /** How much of the sheet was read by now: 0 to 1. */
  part(): number;
}

/**
 * Opens an .xlsx workbook (ECMA-376) without unpacking it: its sheet streams by, only the texts
 * that cells share stand in memory. Cells come as people see their value: a formula's last result,
 * dates as ISO 8601, percentages with their sign, numbers with the 15 digits that spreadsheets
 * show. Throws INVALID_INPUT.
 */
export async function openWorkbook(file: PartlyReadable): Promise<Workbook> {
  const entries = await readZip(file);
  const part = (name: string): ZipEntry | undefined => entries.get(name.replace(/^\//, ''));
  const list = new WorkbookPart();
  await readSmall(file, part('xl/workbook.xml'), list);
  const first = list.firstVisible();
  if (first === undefined) throw broken('there is no sheet in it');
  const links = new Map<string, string>();
  await readSmall(file, part('xl/_rels/workbook.xml.rels'), {
    open(name, attributes) {
      if (name !== 'Relationship') return;
      const target = attributeOf(attributes, 'Target') ?? '';
      links.set(
        attributeOf(attributes, 'Id') ?? '',
        target.startsWith('/') ? target : `xl/${target}`,
      );
    },
    close() {},
    text() {},
  });
  const sheet = part(links.get(first.link) ?? '');
  if (sheet === undefined) throw broken('its first sheet is missing');
  const styles = part('xl/styles.xml');
  const looks: NumberLook[] = [];
  if (styles) await readSmall(file, styles, readStyles(looks));
  const shared = new StringPool();
  const texts = part('xl/sharedStrings.xml');
  if (texts) await readShared(file, texts, shared);
  const context: SheetContext = { shared, looks, is1904: list.is1904, bytesRead: 0 };
  return {
    sheet: first.name,
    rows: () => readRows(file, sheet, context),
    part: () => Math.min(1, context.bytesRead / Math.max(1, sheet.bytes)),
  };
}

async function readSmall(
  file: PartlyReadable,
  entry: ZipEntry | undefined,
  handler: XmlHandler,
): Promise<void> {
  if (entry === undefined) throw broken('it is no workbook of Excel (.xlsx)');
  if (entry.bytes > MAX_SMALL_BYTES) throw broken('a part of it is unusually large');
  await readXml(file, entry, handler);
}

async function readXml(file: PartlyReadable, entry: ZipEntry, handler: XmlHandler): Promise<void> {
  const reader = new XmlReader(handler);
  const decoder = new TextDecoder();
  for await (const chunk of unpack(file, entry)) {
    reader.push(decoder.decode(chunk, { stream: true }));
  }
  reader.push(decoder.decode());
  reader.end();
}

async function readShared(file: PartlyReadable, entry: ZipEntry, pool: StringPool): Promise<void> {
  let text = '';
  let isText = false;
  let isPhonetic = false;
  await readXml(file, entry, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') isPhonetic = true;
      else if (name === 't') isText = !isPhonetic;
    },
    close(name) {
      if (name === 't') isText = false;
      else if (name === 'rPh') isPhonetic = false;
      else if (name === 'si') {
        pool.add(text.slice(0, MAX_CELL_CHARACTERS + 1));
        if (pool.byteLength > MAX_SHARED_BYTES) throw broken('there is too much text in it');
      }
    },
    text(piece) {
      if (isText && text.length <= MAX_CELL_CHARACTERS) text += piece;
    },
  });
}

interface SheetContext {
  readonly shared: StringPool;
  readonly looks: readonly NumberLook[];
  readonly is1904: boolean;
  bytesRead: number;
}

async function* readRows(
  file: PartlyReadable,
  entry: ZipEntry,
  context: SheetContext,
): AsyncGenerator<readonly SheetRow[]> {
  const handler = new RowHandler(context);
  const reader = new XmlReader(handler);
  const decoder = new TextDecoder();
  context.bytesRead = 0;
  for await (const chunk of unpack(file, entry)) {
    context.bytesRead += chunk.length;
    reader.push(decoder.decode(chunk, { stream: true }));
    const rows = handler.take();
    if (rows.length > 0) yield rows;
  }
  reader.push(decoder.decode());
  reader.end();
  const rows = handler.take();
  if (rows.length > 0) yield rows;
}

/** Makes rows of a sheet's tags: `<row r><c r s t><v>…`. */
class RowHandler implements XmlHandler {
  private readonly context: SheetContext;
  private rows: SheetRow[] = [];
  private line = 0;
  private cells: string[] = [];
  private column = 0;
  private type = 'n';
  private look: NumberLook = 'plain';
  private value = '';
  private isValue = false;
  private isInline = false;

  constructor(context: SheetContext) {
    this.context = context;
  }

  /** What was completed since the last time. */
  take(): readonly SheetRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  open(name: string, attributes: string): void {
    if (name === 'c') this.beginCell(attributes);
    else if (name === 'v') this.isValue = true;
    else if (name === 'is') this.isInline = true;
    else if (name === 't') this.isValue = this.isInline;
    else if (name === 'row') {
      this.line = Number(attributeOf(attributes, 'r') ?? this.line + 1);
      this.cells = [];
      this.column = 0;
    }
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.isValue = false;
    else if (name === 'is') this.isInline = false;
    else if (name === 'c') this.endCell();
    else if (name === 'row' && this.cells.some((cell) => cell.trim() !== '')) {
      this.rows.push({ line: this.line, cells: this.cells });
    }
  }

  text(piece: string): void {
    if (!this.isValue) return;
    this.value += piece;
    if (this.value.length > MAX_CELL_CHARACTERS) {
      throw new AppError(
        'INVALID_INPUT',
        `Line ${this.line}: a cell has more than ${MAX_CELL_CHARACTERS} characters.`,
      );
    }
  }

  private beginCell(attributes: string): void {
    const place = attributeOf(attributes, 'r');
    if (place !== null) this.column = columnOf(place);
    if (this.column >= MAX_CELLS) this.column = MAX_CELLS;
    this.type = attributeOf(attributes, 't') ?? 'n';
    this.look = this.context.looks[Number(attributeOf(attributes, 's') ?? 0)] ?? 'plain';
    this.value = '';
  }

  private endCell(): void {
    const { column } = this;
    this.column += 1;
    // What lies further right is no price list.
    if (column >= MAX_CELLS) return;
    while (this.cells.length < column) this.cells.push('');
    this.cells[column] =
      this.type === 's'
        ? (this.context.shared.at(Number(this.value)) ?? '')
        : cellText(this.value, {
            type: this.type,
            look: this.look,
            is1904: this.context.is1904,
          });
  }
}

/** "BC12" → 54. */
function columnOf(place: string): number {
  let column = 0;
  for (const character of place) {
    const letter = character.charCodeAt(0) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return Math.max(0, column - 1);
}

function broken(why: string): AppError {
  return new AppError('INVALID_INPUT', `The workbook can't be read: ${why}.`);
}
