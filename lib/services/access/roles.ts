/** Roles in an account, strongest first. */
export const ROLES = ['owner', 'admin', 'billing', 'support', 'read_only', 'developer'] as const;
export type Role = (typeof ROLES)[number];

type AccountKind = 'operator' | 'reseller' | 'customer';

/** Which kinds of account and which roles in them may do a thing. */
export interface Grant {
  readonly roles: readonly Role[];
  readonly kinds: readonly AccountKind[];
}

const EVERYONE: readonly Role[] = ROLES;
const MANAGERS: readonly Role[] = ['owner', 'admin'];
const HELPERS: readonly Role[] = ['owner', 'admin', 'support'];
const MONEY: readonly Role[] = ['owner', 'admin', 'billing'];
const MONEY_READERS: readonly Role[] = ['owner', 'admin', 'billing', 'support', 'read_only'];

const ANY_KIND: readonly AccountKind[] = ['operator', 'reseller', 'customer'];
const SELLERS: readonly AccountKind[] = ['operator', 'reseller'];
const OPERATOR: readonly AccountKind[] = ['operator'];

/**
 * Role × verb: the one source for the check in the verb and for the "denied" page (which role
 * lacks it, who can grant it). A verb's permission is "<noun>.<verb>".
 */
export const PERMISSIONS = {
  'accounts.read': { roles: EVERYONE, kinds: ANY_KIND },
  'accounts.write': { roles: MANAGERS, kinds: SELLERS },
  'apiKeys.read': { roles: ['owner', 'admin', 'developer'], kinds: ANY_KIND },
  'apiKeys.write': { roles: ['owner', 'admin', 'developer'], kinds: ANY_KIND },
  'audit.read': { roles: MANAGERS, kinds: ANY_KIND },
  'bans.read': { roles: EVERYONE, kinds: OPERATOR },
  'bans.write': { roles: HELPERS, kinds: OPERATOR },
  'browserPhone.use': { roles: EVERYONE, kinds: ANY_KIND },
  'calls.read': { roles: EVERYONE, kinds: ANY_KIND },
  'calls.quote': { roles: EVERYONE, kinds: ANY_KIND },
  'calls.originate': { roles: EVERYONE, kinds: ANY_KIND },
  'calls.originateForOthers': {
    roles: ['owner', 'admin', 'support', 'developer'],
    kinds: ANY_KIND,
  },
  'calls.hangUp': { roles: HELPERS, kinds: ANY_KIND },
  'calls.simulate': { roles: EVERYONE, kinds: SELLERS },
  'calls.trace': { roles: ['owner', 'admin', 'support', 'developer'], kinds: ANY_KIND },
  'carriers.read': { roles: EVERYONE, kinds: OPERATOR },
  'carriers.write': { roles: MANAGERS, kinds: OPERATOR },
  'charges.replay': { roles: MONEY_READERS, kinds: OPERATOR },
  'charges.correct': { roles: MONEY, kinds: OPERATOR },
  'contacts.read': { roles: EVERYONE, kinds: ANY_KIND },
  'contacts.write': { roles: ['owner', 'admin', 'billing', 'support'], kinds: ANY_KIND },
  'decks.read': { roles: MONEY_READERS, kinds: SELLERS },
  'decks.write': { roles: MONEY, kinds: SELLERS },
  'exchangeRates.read': { roles: MONEY_READERS, kinds: OPERATOR },
  'exchangeRates.write': { roles: MONEY, kinds: OPERATOR },
  'extensions.read': { roles: EVERYONE, kinds: ANY_KIND },
  'extensions.write': { roles: HELPERS, kinds: ANY_KIND },
  'extensions.reveal': { roles: HELPERS, kinds: ANY_KIND },
  'ledger.verify': { roles: MONEY_READERS, kinds: OPERATOR },
  'margins.read': { roles: MONEY_READERS, kinds: SELLERS },
  'fraud.read': { roles: EVERYONE, kinds: ANY_KIND },
  'fraud.release': { roles: HELPERS, kinds: SELLERS },
  'fraud.write': { roles: MANAGERS, kinds: SELLERS },
  'limits.read': { roles: EVERYONE, kinds: ANY_KIND },
  'limits.write': { roles: MANAGERS, kinds: ANY_KIND },
  'numbers.read': { roles: EVERYONE, kinds: ANY_KIND },
  'numbers.verify': { roles: MANAGERS, kinds: SELLERS },
  'numbers.write': { roles: HELPERS, kinds: ANY_KIND },
  'numbers.order': { roles: ['owner', 'admin', 'billing', 'support'], kinds: ANY_KIND },
  'numbers.sell': { roles: MONEY, kinds: SELLERS },
  'portIns.read': { roles: EVERYONE, kinds: ANY_KIND },
  'portIns.write': { roles: HELPERS, kinds: ANY_KIND },
  'emergency.read': { roles: EVERYONE, kinds: ANY_KIND },
  'emergency.write': { roles: HELPERS, kinds: ANY_KIND },
  'plans.read': { roles: EVERYONE, kinds: ANY_KIND },
  'plans.write': { roles: MONEY, kinds: SELLERS },
  'recordings.control': { roles: HELPERS, kinds: ANY_KIND },
  'recordings.delete': { roles: MANAGERS, kinds: ANY_KIND },
  'recordings.download': { roles: MANAGERS, kinds: ANY_KIND },
  'recordings.play': { roles: HELPERS, kinds: ANY_KIND },
  'recordings.read': { roles: HELPERS, kinds: ANY_KIND },
  'sounds.read': { roles: EVERYONE, kinds: ANY_KIND },
  'sounds.write': { roles: HELPERS, kinds: ANY_KIND },
  'subscriptions.read': { roles: EVERYONE, kinds: ANY_KIND },
  'subscriptions.order': { roles: MONEY, kinds: ANY_KIND },
  'switch.read': { roles: EVERYONE, kinds: OPERATOR },
  'tenants.read': { roles: EVERYONE, kinds: ANY_KIND },
  'tenants.capture': { roles: MANAGERS, kinds: ANY_KIND },
  'tenants.recording': { roles: MANAGERS, kinds: ANY_KIND },
  'tenants.write': { roles: MANAGERS, kinds: SELLERS },
  'destinations.read': { roles: EVERYONE, kinds: OPERATOR },
  'destinations.write': { roles: MANAGERS, kinds: OPERATOR },
  'trunks.read': { roles: EVERYONE, kinds: ANY_KIND },
  'trunks.write': { roles: MANAGERS, kinds: ANY_KIND },
  'trunks.reveal': { roles: MANAGERS, kinds: ANY_KIND },
  'wallets.read': { roles: MONEY_READERS, kinds: ANY_KIND },
  'webhooks.read': { roles: ['owner', 'admin', 'developer'], kinds: ANY_KIND },
  'webhooks.write': { roles: ['owner', 'admin', 'developer'], kinds: ANY_KIND },
  'wallets.adjust': { roles: MONEY, kinds: SELLERS },
} as const satisfies Record<string, Grant>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether a role in an account of a kind holds a permission. */
export function roleMay(permission: Permission, role: Role, kind: AccountKind): boolean {
  const grant: Grant = PERMISSIONS[permission];
  return grant.roles.includes(role) && grant.kinds.includes(kind);
}

/** Which roles hold a permission: what the denied page names. */
export function rolesThatMay(permission: Permission): readonly Role[] {
  return PERMISSIONS[permission].roles;
}

/** Who holds a permission, or null for a text that names none: for the denied page. */
export function grantOf(permission: string): Grant | null {
  return Object.hasOwn(PERMISSIONS, permission) ? PERMISSIONS[permission as Permission] : null;
}
