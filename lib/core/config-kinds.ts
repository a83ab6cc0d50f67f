/** The kinds of object that the switch reads; each is a table with a generation. */
export const CONFIG_KINDS = [
  'account',
  'tenant',
  'extension',
  'carrier',
  'trunk',
  'route_group',
  'phone_number',
  'rate_deck',
  'address_rule',
  'exchange_rate',
  'call_limit',
  'destination_prefix',
  'fraud_profile',
  'fraud_block',
  'verified_number',
] as const;
export type ConfigKind = (typeof CONFIG_KINDS)[number];
