import { bearsSecrets } from '@/lib/protocol/sdp/secrets';
import { BoundedMap } from '@/lib/switch/edge/bounded-map';

/** Forms that are shared: what the phones of a house say differs by model and setting. */
const MAX_FORMS = 1_024;
/** Longer ones have keys and candidates of their own, and are like no other. */
const MAX_SHARED_BYTES = 1_024;

/** Stands in a form where a figure was. */
const GAP = 0;
const LINE_FEED = 10;
const SPACE = 32;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const EQUALS = 61;
const LETTER_M = 109;

const forms = new BoundedMap<string>(MAX_FORMS);
/** The description that is being taken apart: its form, and its figures with spaces between them. */
const form = Buffer.alloc(MAX_SHARED_BYTES);
const figures = Buffer.alloc(2 * MAX_SHARED_BYTES);

/** How many forms there are that all calls share. */
export function sharedForms(): number {
  return forms.size;
}

/** A form that was shared before bears no secret, so that only new ones are looked through. */
function shared(text: string): string {
  const known = forms.get(text);
  if (known !== undefined) return known;
  if (bearsSecrets(text)) return text;
  forms.set(text, text);
  return text;
}

interface Parts {
  readonly form: string;
  /** Undefined where the form is the whole text. */
  readonly figures: string | undefined;
}

/**
 * Takes the figures out up to the port of the first m= line: ids, versions, addresses, the port. By
 * bytes, for every call has four descriptions. Undefined where it has no such line, or a NUL in the way.
 */
function partsOf(sdp: Buffer): Parts | undefined {
  let formEnd = 0;
  let figuresEnd = 0;
  let wasFigure = false;
  let spacesLeft = Number.POSITIVE_INFINITY;
  for (let at = 0; at < sdp.length; at += 1) {
    const byte = sdp[at] ?? GAP;
    if (byte === GAP) return undefined;
    const isFigure = byte === DOT || (byte >= ZERO && byte <= NINE);
    if (isFigure) {
      if (!wasFigure) {
        form[formEnd++] = GAP;
        figures[figuresEnd++] = SPACE;
      }
      figures[figuresEnd++] = byte;
    } else {
      form[formEnd++] = byte;
      if (byte === LINE_FEED && sdp[at + 1] === LETTER_M && sdp[at + 2] === EQUALS) spacesLeft = 2;
      else if (byte === SPACE) spacesLeft -= 1;
      if (spacesLeft === 0) {
        formEnd += sdp.copy(form, formEnd, at + 1);
        return {
          form: shared(form.toString('latin1', 0, formEnd)),
          figures: figures.toString('latin1', 0, figuresEnd),
        };
      }
    }
    wasFigure = isFigure;
  }
  return undefined;
}

/**
 * A session description as long as its call: its figures, and the form that all calls of like
 * phones have together, unless it bears keys: those live with their call and nowhere else. It gives
 * back what it was made of, byte for byte.
 */
export class KeptSdp {
  private readonly form: string;
  private readonly figures: string | undefined;

  constructor(sdp: Buffer) {
    const parts = sdp.length > MAX_SHARED_BYTES ? undefined : partsOf(sdp);
    this.form = parts?.form ?? sdp.toString('latin1');
    this.figures = parts?.figures;
  }

  get bytes(): Buffer {
    const { form, figures } = this;
    if (figures === undefined) return Buffer.from(form, 'latin1');
    // Each gap is followed by what its figure was, which a space precedes; gaps beyond them are NULs.
    const values = figures.split(' ');
    const pieces = form.split('\0');
    const text = pieces.map((piece, index) => (index === 0 ? '' : (values[index] ?? '\0')) + piece);
    return Buffer.from(text.join(''), 'latin1');
  }
}
