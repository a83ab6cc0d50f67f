import { flatText } from '@/lib/protocol/sip/text';
import { BoundedMap } from '@/lib/switch/edge/bounded-map';

/** What differs from call to call before the port of the first m= line: o= line, addresses, port. */
const FIGURES = /[\d.]+/g;
/** Stands in a form where a figure was. */
const GAP = '\0';

/** Forms that are shared: what the phones of a house say differs by model and setting. */
const MAX_FORMS = 1_024;
/** Longer ones have keys and candidates of their own, and are like no other. */
const MAX_FORM_CHARACTERS = 1_024;

const forms = new BoundedMap<string>(MAX_FORMS);

function shared(form: string): string {
  if (form.length > MAX_FORM_CHARACTERS) return flatText(form);
  const known = forms.get(form);
  if (known !== undefined) return known;
  const fresh = flatText(form);
  forms.set(fresh, fresh);
  return fresh;
}

/** Where the port of the first m= line ends; 0 where there is none. */
function endOfPort(text: string): number {
  const media = text.indexOf('\nm=');
  const port = media < 0 ? -1 : text.indexOf(' ', media);
  return port < 0 ? 0 : Math.max(0, text.indexOf(' ', port + 1));
}

/**
 * A session description as long as its call: its figures, and the form that all calls of like
 * phones have together. It gives back what it was made of, byte for byte.
 */
export class KeptSdp {
  private readonly form: string;
  /** Undefined where the form is the whole text. */
  private readonly figures: string | undefined;

  constructor(sdp: Buffer) {
    const text = sdp.toString('latin1');
    const end = text.includes(GAP) ? 0 : endOfPort(text);
    const head = text.slice(0, end);
    this.figures = end === 0 ? undefined : (head.match(FIGURES) ?? []).join(' ');
    this.form = end === 0 ? text : shared(head.replace(FIGURES, GAP) + text.slice(end));
  }

  get bytes(): Buffer {
    const { form, figures } = this;
    if (figures === undefined) return Buffer.from(form, 'latin1');
    const values = figures.split(' ');
    const pieces = form.split(GAP);
    const text = pieces.map((piece, index) => piece + (values[index] ?? '')).join('');
    return Buffer.from(text, 'latin1');
  }
}
