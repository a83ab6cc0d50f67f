import type { ConfigKind } from '@/lib/core/config-kinds';
import type { LiveNews } from './live-feed';

/** Which lists of the API show objects of a kind, and the generation that the switch has of them. */
const LISTS_OF: Readonly<Record<ConfigKind, readonly string[]>> = {
  account: ['/accounts'],
  address_rule: ['/bans', '/allowed-addresses'],
  call_limit: ['/limits'],
  carrier: ['/carriers'],
  exchange_rate: ['/exchange-rates'],
  destination_prefix: ['/destination-prefixes'],
  extension: ['/extensions'],
  fraud_block: ['/fraud-blocks'],
  fraud_profile: ['/limits'],
  phone_number: ['/numbers'],
  rate_deck: ['/decks'],
  route_group: ['/route-groups'],
  tenant: ['/tenants'],
  trunk: ['/trunks'],
  verified_number: ['/verified-numbers'],
};

/** Which lists of the API an event makes old. */
export function pathsTouched(news: LiveNews): readonly string[] {
  switch (news.type) {
    case 'registration.changed':
      return ['/extensions', '/registrations', '/overview'];
    case 'trunk.changed':
      return ['/trunks'];
    case 'config.observed':
      return [...LISTS_OF[news.kind], '/subscriptions'];
    case 'call.started':
    case 'call.ringing':
    case 'call.answered':
      return ['/live-calls', '/wallets', '/overview'];
    case 'call.recording':
      return ['/live-calls'];
    case 'call.ended':
      return ['/live-calls', '/calls', '/wallets', '/overview'];
    case 'registration.refused':
    case 'ready':
    case 'stale':
    case 'ended':
    case 'resync':
      return [];
  }
}
