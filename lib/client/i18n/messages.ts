import accounts from './en/accounts.json';
import admin from './en/admin.json';
import auth from './en/auth.json';
import bans from './en/bans.json';
import billing from './en/billing.json';
import calls from './en/calls.json';
import carriers from './en/carriers.json';
import contacts from './en/contacts.json';
import decks from './en/decks.json';
import emergency from './en/emergency.json';
import exchangeRates from './en/exchangeRates.json';
import extensions from './en/extensions.json';
import ledger from './en/ledger.json';
import limits from './en/limits.json';
import margins from './en/margins.json';
import numbers from './en/numbers.json';
import overview from './en/overview.json';
import patterns from './en/patterns.json';
import plans from './en/plans.json';
import portal from './en/portal.json';
import portIns from './en/portIns.json';
import recordings from './en/recordings.json';
import registrations from './en/registrations.json';
import reseller from './en/reseller.json';
import shell from './en/shell.json';
import simulator from './en/simulator.json';
import softphone from './en/softphone.json';
import sounds from './en/sounds.json';
import trunks from './en/trunks.json';
import ui from './en/ui.json';

/** The product's first language, and the shape that every other one has to fill. */
export const messages = {
  accounts,
  admin,
  auth,
  bans,
  billing,
  calls,
  carriers,
  contacts,
  decks,
  exchangeRates,
  emergency,
  extensions,
  ledger,
  margins,
  limits,
  numbers,
  overview,
  patterns,
  plans,
  portIns,
  portal,
  recordings,
  registrations,
  reseller,
  shell,
  simulator,
  softphone,
  sounds,
  trunks,
  ui,
};

/** Every text of the interface: a file per feature in `en/`, under the feature's name. */
export type Messages = typeof messages;

/** The one language so far. */
export const LOCALE = 'en';
