import auth from './en/auth.json';
import patterns from './en/patterns.json';
import shell from './en/shell.json';
import ui from './en/ui.json';

/** The product's first language, and the shape that every other one has to fill. */
export const messages = { auth, ui, patterns, shell };

/** Every text of the interface: a file per feature in `en/`, under the feature's name. */
export type Messages = typeof messages;

/** The one language so far. */
export const LOCALE = 'en';
