import auth from './en/auth.json';
import billing from './en/billing.json';
import calls from './en/calls.json';
import extensions from './en/extensions.json';
import overview from './en/overview.json';
import patterns from './en/patterns.json';
import plans from './en/plans.json';
import portal from './en/portal.json';
import shell from './en/shell.json';
import ui from './en/ui.json';

/** The product's first language, and the shape that every other one has to fill. */
export const messages = {
  auth,
  billing,
  calls,
  extensions,
  overview,
  patterns,
  plans,
  portal,
  shell,
  ui,
};

/** Every text of the interface: a file per feature in `en/`, under the feature's name. */
export type Messages = typeof messages;

/** The one language so far. */
export const LOCALE = 'en';
