import { attributeOf, type XmlHandler } from './xml';

/** How a number in a cell is meant, by its format. */
export type NumberLook = 'plain' | 'percent' | 'date';

/** The list of sheets in `xl/workbook.xml`. */
export class WorkbookPart implements XmlHandler {
  /** Dates count from 1904 (old Macs) rather than 1900. */
  is1904 = false;
  private readonly sheets: { name: string; link: string; isHidden: boolean }[] = [];

  firstVisible(): { readonly name: string; readonly link: string } | undefined {
    return this.sheets.find((sheet) => !sheet.isHidden) ?? this.sheets[0];
  }

  open(name: string, attributes: string): void {
    if (name === 'workbookPr') {
      this.is1904 = ['1', 'true'].includes(attributeOf(attributes, 'date1904') ?? '');
    } else if (name === 'sheet') {
      this.sheets.push({
        name: attributeOf(attributes, 'name') ?? '',
        link: attributeOf(attributes, 'id') ?? '',
        isHidden: (attributeOf(attributes, 'state') ?? 'visible') !== 'visible',
      });
    }
  }

  close(): void {}
  text(): void {}
}

/** Formats that are built in (ECMA-376 part 1, 18.8.30). */
const PERCENT_FORMATS = new Set([9, 10]);
const DATE_FORMATS = new Set([14, 15, 16, 17, 22, 27, 30, 36, 50, 57]);

/** Reads `xl/styles.xml`: how the numbers of each cell style look, in the order of the styles. */
export function readStyles(looks: NumberLook[]): XmlHandler {
  const own = new Map<number, NumberLook>();
  let isCellStyle = false;
  return {
    open(name, attributes) {
      if (name === 'numFmt') {
        const id = Number(attributeOf(attributes, 'numFmtId') ?? -1);
        own.set(id, lookOf(attributeOf(attributes, 'formatCode') ?? ''));
      } else if (name === 'cellXfs') isCellStyle = true;
      else if (name === 'xf' && isCellStyle) {
        const id = Number(attributeOf(attributes, 'numFmtId') ?? 0);
        looks.push(
          own.get(id) ??
            (PERCENT_FORMATS.has(id) ? 'percent' : DATE_FORMATS.has(id) ? 'date' : 'plain'),
        );
      }
    },
    close(name) {
      if (name === 'cellXfs') isCellStyle = false;
    },
    text() {},
  };
}

function lookOf(format: string): NumberLook {
  // What stands in quotes or behind a backslash is shown as it is; [Red] and the like are no format.
  const code = format.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, '').toLowerCase();
  if (code.includes('%')) return 'percent';
  return /[dy]/.test(code) ? 'date' : 'plain';
}

/** What is said of a cell beside its value. */
export interface CellLook {
  /** ECMA-376 ST_CellType: n, b, e, str, inlineStr, d. */
  readonly type: string;
  readonly look: NumberLook;
  readonly is1904: boolean;
}

/** A cell as people see it. Shared texts are looked up elsewhere. */
export function cellText(value: string, { type, look, is1904 }: CellLook): string {
  if (type === 'b') return value === '1' ? 'yes' : 'no';
  if (type !== 'n' || value === '') return value;
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (look === 'date') return dateText(number, is1904);
  if (look === 'percent') return `${plainNumber(number * 100)}%`;
  return plainNumber(number);
}

/** With the 15 digits that a spreadsheet keeps, and no exponent: 0.1 + 0.2 is 0.3 there. */
export function plainNumber(number: number): string {
  const text = String(Number(number.toPrecision(15)));
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', decimals = '', power = '0'] = match;
  const digits = `${whole}${decimals}`;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

const DAY_MS = 86_400_000;
/** Day 0 of both calendars; the one of 1900 takes that year for a leap year, so it begins earlier. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);
/** 31 December 9999: what lies behind is no date of a spreadsheet. */
const MAX_DAY = 2_958_465;

function dateText(days: number, is1904: boolean): string {
  if (days < 0 || days > MAX_DAY) return plainNumber(days);
  const ms = Math.round((days * DAY_MS) / 1_000) * 1_000;
  const iso = new Date((is1904 ? EPOCH_1904_MS : EPOCH_1900_MS) + ms).toISOString();
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ');
}
