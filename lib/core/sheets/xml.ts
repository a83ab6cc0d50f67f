import { AppError } from '@/lib/core/errors';

/** Longest piece between two tags, and longest tag: a cell's text has 32,767 characters at most. */
const MAX_PIECE_CHARACTERS = 200_000;

/** What a document consists of, as it passes by. Names bear no namespace prefix. */
export interface XmlHandler {
  /** `attributes` is the text behind the name; read it with `attributeOf`. */
  open(name: string, attributes: string): void;
  close(name: string): void;
  text(text: string): void;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Reads the XML that spreadsheets are made of, in pieces of any length. A document that declares
 * types or entities of its own is refused: none needs it, and expanding them is an attack of old.
 * Throws INVALID_INPUT.
 */
export class XmlReader {
  private readonly handler: XmlHandler;
  private rest = '';

  constructor(handler: XmlHandler) {
    this.handler = handler;
  }

  push(piece: string): void {
    const text = this.rest === '' ? piece : this.rest + piece;
    let at = 0;
    for (;;) {
      const next = this.step(text, at);
      if (next === -1) break;
      at = next;
    }
    this.rest = at === 0 ? text : text.slice(at);
    if (this.rest.length > MAX_PIECE_CHARACTERS) throw broken('a piece of it never ends');
  }

  /** Throws where the document breaks off in the middle of a tag. */
  end(): void {
    if (this.rest.trim() !== '') throw broken('it breaks off');
  }

  /** Consumes a text or a tag; -1 where it is not complete yet. */
  private step(text: string, at: number): number {
    if (at >= text.length) return -1;
    if (text.charCodeAt(at) !== 60) {
      const open = text.indexOf('<', at);
      if (open === -1) return -1;
      this.handler.text(decoded(text.slice(at, open)));
      return open;
    }
    const next = text.charCodeAt(at + 1);
    if (Number.isNaN(next)) return -1;
    if (next === 33) return this.special(text, at);
    if (next === 63) return past(text, '?>', at);
    const close = tagEnd(text, at);
    if (close === -1) return -1;
    this.tag(text.slice(at + 1, close));
    return close + 1;
  }

  private tag(tag: string): void {
    if (tag.startsWith('/')) {
      this.handler.close(bare(tag.slice(1).trimEnd()));
      return;
    }
    const isEmpty = tag.endsWith('/');
    const inner = isEmpty ? tag.slice(0, -1) : tag;
    const space = inner.search(/\s/);
    const name = bare(space === -1 ? inner : inner.slice(0, space));
    this.handler.open(name, space === -1 ? '' : inner.slice(space));
    if (isEmpty) this.handler.close(name);
  }

  /** Comments, CDATA and what is refused. */
  private special(text: string, at: number): number {
    if (text.startsWith('<!--', at)) return past(text, '-->', at);
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at);
      if (end === -1) return -1;
      this.handler.text(text.slice(at + 9, end));
      return end + 3;
    }
    if (text.length - at < 9) return -1;
    throw broken('it declares types of its own');
  }
}

/** An attribute's value, entities resolved; null where there is none of that name. */
export function attributeOf(attributes: string, name: string): string | null {
  for (const quote of ['"', "'"]) {
    const head = `${name}=${quote}`;
    let at = attributes.indexOf(head);
    while (at !== -1) {
      if (at === 0 || /[\s:]/.test(attributes[at - 1] ?? '')) {
        const from = at + head.length;
        const end = attributes.indexOf(quote, from);
        return end === -1 ? null : decoded(attributes.slice(from, end));
      }
      at = attributes.indexOf(head, at + 1);
    }
  }
  return null;
}

function past(text: string, end: string, at: number): number {
  const found = text.indexOf(end, at);
  return found === -1 ? -1 : found + end.length;
}

/** The ">" that ends a tag; one within an attribute's quotes does not. */
function tagEnd(text: string, at: number): number {
  const close = text.indexOf('>', at);
  if (close === -1) return -1;
  const first = text.slice(at, close);
  if (!first.includes('"') && !first.includes("'")) return close;
  let quote = '';
  for (let index = at; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return index;
  }
  return -1;
}

function bare(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name.startsWith('#x')
      ? Number.parseInt(name.slice(2), 16)
      : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

function broken(why: string): AppError {
  return new AppError('INVALID_INPUT', `The workbook can't be read: ${why}.`);
}
