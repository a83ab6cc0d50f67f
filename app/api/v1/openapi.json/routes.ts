import * as accountsByIdFraudProfile from '@/app/api/v1/accounts/[id]/fraud-profile/route';
import * as accountsByIdLimits from '@/app/api/v1/accounts/[id]/limits/route';
import * as accountsById from '@/app/api/v1/accounts/[id]/route';
import * as accounts from '@/app/api/v1/accounts/route';
import * as allowedAddressesById from '@/app/api/v1/allowed-addresses/[id]/route';
import * as allowedAddresses from '@/app/api/v1/allowed-addresses/route';
import * as apiKeysById from '@/app/api/v1/api-keys/[id]/route';
import * as apiKeys from '@/app/api/v1/api-keys/route';
import * as bansById from '@/app/api/v1/bans/[id]/route';
import * as bans from '@/app/api/v1/bans/route';
import * as browserPhoneCredentials from '@/app/api/v1/browser-phone/credentials/route';
import * as callsById from '@/app/api/v1/calls/[id]/route';
import * as callsByIdTrace from '@/app/api/v1/calls/[id]/trace/route';
import * as callsByIdTraceCapture from '@/app/api/v1/calls/[id]/trace.pcap/route';
import * as callsExport from '@/app/api/v1/calls/export/route';
import * as callsQuote from '@/app/api/v1/calls/quote/route';
import * as calls from '@/app/api/v1/calls/route';
import * as callsSimulate from '@/app/api/v1/calls/simulate/route';
import * as carriersById from '@/app/api/v1/carriers/[id]/route';
import * as carriers from '@/app/api/v1/carriers/route';
import * as contactsById from '@/app/api/v1/contacts/[id]/route';
import * as contacts from '@/app/api/v1/contacts/route';
import * as deckImportsByIdProblemsExport from '@/app/api/v1/deck-imports/[id]/problems/export/route';
import * as deckImportsByIdProblems from '@/app/api/v1/deck-imports/[id]/problems/route';
import * as deckImportsById from '@/app/api/v1/deck-imports/[id]/route';
import * as deckImportsByIdStart from '@/app/api/v1/deck-imports/[id]/start/route';
import * as decksByIdActivate from '@/app/api/v1/decks/[id]/activate/route';
import * as decksByIdChanges from '@/app/api/v1/decks/[id]/changes/route';
import * as decksByIdDiff from '@/app/api/v1/decks/[id]/diff/route';
import * as decksByIdDiscard from '@/app/api/v1/decks/[id]/discard/route';
import * as decksByIdExport from '@/app/api/v1/decks/[id]/export/route';
import * as decksByIdImpact from '@/app/api/v1/decks/[id]/impact/route';
import * as decksByIdImports from '@/app/api/v1/decks/[id]/imports/route';
import * as decksByIdRates from '@/app/api/v1/decks/[id]/rates/route';
import * as decksById from '@/app/api/v1/decks/[id]/route';
import * as decksByIdUnschedule from '@/app/api/v1/decks/[id]/unschedule/route';
import * as decksByIdVersions from '@/app/api/v1/decks/[id]/versions/route';
import * as decks from '@/app/api/v1/decks/route';
import * as destinationPrefixesById from '@/app/api/v1/destination-prefixes/[id]/route';
import * as destinationPrefixes from '@/app/api/v1/destination-prefixes/route';
import * as emergencyAddressesById from '@/app/api/v1/emergency-addresses/[id]/route';
import * as emergencyGaps from '@/app/api/v1/emergency-addresses/gaps/route';
import * as emergencyAddresses from '@/app/api/v1/emergency-addresses/route';
import * as emergencyCalls from '@/app/api/v1/emergency-calls/route';
import * as exchangeRates from '@/app/api/v1/exchange-rates/route';
import * as extensionsByIdLimits from '@/app/api/v1/extensions/[id]/limits/route';
import * as extensionsByIdProvisioningTokens from '@/app/api/v1/extensions/[id]/provisioning-tokens/route';
import * as extensionsByIdRegistrationEvents from '@/app/api/v1/extensions/[id]/registration-events/route';
import * as extensionsByIdResetSecret from '@/app/api/v1/extensions/[id]/reset-secret/route';
import * as extensionsByIdRevealSecret from '@/app/api/v1/extensions/[id]/reveal-secret/route';
import * as extensionsById from '@/app/api/v1/extensions/[id]/route';
import * as extensions from '@/app/api/v1/extensions/route';
import * as fraudBlocksByIdRelease from '@/app/api/v1/fraud-blocks/[id]/release/route';
import * as fraudBlocksById from '@/app/api/v1/fraud-blocks/[id]/route';
import * as fraudBlocks from '@/app/api/v1/fraud-blocks/route';
import * as fraudEvents from '@/app/api/v1/fraud-events/route';
import * as fraudReport from '@/app/api/v1/fraud-report/route';
import * as ledgerVerification from '@/app/api/v1/ledger/verification/route';
import * as limits from '@/app/api/v1/limits/route';
import * as liveCallsByIdRecording from '@/app/api/v1/live-calls/[id]/recording/route';
import * as liveCallsById from '@/app/api/v1/live-calls/[id]/route';
import * as liveCalls from '@/app/api/v1/live-calls/route';
import * as margins from '@/app/api/v1/margins/route';
import * as mePassword from '@/app/api/v1/me/password/route';
import * as me from '@/app/api/v1/me/route';
import * as numberPricesById from '@/app/api/v1/number-prices/[id]/route';
import * as numberPrices from '@/app/api/v1/number-prices/route';
import * as numbersByIdAssignment from '@/app/api/v1/numbers/[id]/assignment/route';
import * as numbersByIdCharges from '@/app/api/v1/numbers/[id]/charges/route';
import * as numbersByIdEmergencyAddress from '@/app/api/v1/numbers/[id]/emergency-address/route';
import * as numbersByIdLimits from '@/app/api/v1/numbers/[id]/limits/route';
import * as numbersByIdRelease from '@/app/api/v1/numbers/[id]/release/route';
import * as numbersByIdReservation from '@/app/api/v1/numbers/[id]/reservation/route';
import * as numbersById from '@/app/api/v1/numbers/[id]/route';
import * as numbersHandOver from '@/app/api/v1/numbers/hand-over/route';
import * as numbersImport from '@/app/api/v1/numbers/import/route';
import * as numberOffers from '@/app/api/v1/numbers/offers/route';
import * as numberOrders from '@/app/api/v1/numbers/orders/route';
import * as numbers from '@/app/api/v1/numbers/route';
import * as numberSettings from '@/app/api/v1/numbers/settings/route';
import * as overview from '@/app/api/v1/overview/route';
import * as plansByIdPublish from '@/app/api/v1/plans/[id]/publish/route';
import * as plansById from '@/app/api/v1/plans/[id]/route';
import * as plans from '@/app/api/v1/plans/route';
import * as portInLetter from '@/app/api/v1/port-ins/[id]/letter/route';
import * as portInMoves from '@/app/api/v1/port-ins/[id]/moves/route';
import * as portInNotes from '@/app/api/v1/port-ins/[id]/notes/route';
import * as portInsById from '@/app/api/v1/port-ins/[id]/route';
import * as portIns from '@/app/api/v1/port-ins/route';
import * as provisionByToken from '@/app/api/v1/provision/[token]/route';
import * as recordingsByIdAudio from '@/app/api/v1/recordings/[id]/audio/route';
import * as recordingsByIdPeaks from '@/app/api/v1/recordings/[id]/peaks/route';
import * as recordingsById from '@/app/api/v1/recordings/[id]/route';
import * as recordings from '@/app/api/v1/recordings/route';
import * as registrationsById from '@/app/api/v1/registrations/[id]/route';
import * as registrations from '@/app/api/v1/registrations/route';
import * as routeGroupsById from '@/app/api/v1/route-groups/[id]/route';
import * as routeGroups from '@/app/api/v1/route-groups/route';
import * as sessionById from '@/app/api/v1/session/[id]/route';
import * as sessionOthers from '@/app/api/v1/session/others/route';
import * as session from '@/app/api/v1/session/route';
import * as setup from '@/app/api/v1/setup/route';
import * as soundsByIdAudio from '@/app/api/v1/sounds/[id]/audio/route';
import * as soundsById from '@/app/api/v1/sounds/[id]/route';
import * as sounds from '@/app/api/v1/sounds/route';
import * as subscriptionsById from '@/app/api/v1/subscriptions/[id]/route';
import * as subscriptions from '@/app/api/v1/subscriptions/route';
import * as switchStatus from '@/app/api/v1/switch/route';
import * as tenantsByIdCapture from '@/app/api/v1/tenants/[id]/capture/route';
import * as tenantsByIdEmergencyAddress from '@/app/api/v1/tenants/[id]/emergency-address/route';
import * as tenantsByIdLimits from '@/app/api/v1/tenants/[id]/limits/route';
import * as tenantsByIdRecording from '@/app/api/v1/tenants/[id]/recording/route';
import * as tenantsById from '@/app/api/v1/tenants/[id]/route';
import * as tenantsByIdSounds from '@/app/api/v1/tenants/[id]/sounds/route';
import * as tenants from '@/app/api/v1/tenants/route';
import * as trunksByIdLimits from '@/app/api/v1/trunks/[id]/limits/route';
import * as trunkResetSecret from '@/app/api/v1/trunks/[id]/reset-secret/route';
import * as trunksById from '@/app/api/v1/trunks/[id]/route';
import * as trunks from '@/app/api/v1/trunks/route';
import * as verifiedNumbersById from '@/app/api/v1/verified-numbers/[id]/route';
import * as verifiedNumbers from '@/app/api/v1/verified-numbers/route';
import * as walletPostings from '@/app/api/v1/wallets/[id]/postings/route';
import * as walletById from '@/app/api/v1/wallets/[id]/route';
import * as walletStatement from '@/app/api/v1/wallets/[id]/statement/route';
import * as wallets from '@/app/api/v1/wallets/route';
import * as webhooksById from '@/app/api/v1/webhooks/[id]/route';
import * as webhooks from '@/app/api/v1/webhooks/route';
import type { RouteModule } from '@/lib/web/openapi';

/** Every route of /api/v1 by its path; a test compares this list with the folder. */
export const API_ROUTES: Readonly<Record<string, RouteModule>> = {
  '/api/v1/emergency-addresses': emergencyAddresses,
  '/api/v1/emergency-addresses/[id]': emergencyAddressesById,
  '/api/v1/emergency-addresses/gaps': emergencyGaps,
  '/api/v1/emergency-calls': emergencyCalls,
  '/api/v1/number-prices': numberPrices,
  '/api/v1/number-prices/[id]': numberPricesById,
  '/api/v1/numbers/[id]/charges': numbersByIdCharges,
  '/api/v1/numbers/[id]/emergency-address': numbersByIdEmergencyAddress,
  '/api/v1/numbers/[id]/release': numbersByIdRelease,
  '/api/v1/numbers/[id]/reservation': numbersByIdReservation,
  '/api/v1/numbers/hand-over': numbersHandOver,
  '/api/v1/numbers/import': numbersImport,
  '/api/v1/numbers/offers': numberOffers,
  '/api/v1/numbers/orders': numberOrders,
  '/api/v1/numbers/settings': numberSettings,
  '/api/v1/port-ins': portIns,
  '/api/v1/port-ins/[id]': portInsById,
  '/api/v1/port-ins/[id]/letter': portInLetter,
  '/api/v1/port-ins/[id]/moves': portInMoves,
  '/api/v1/port-ins/[id]/notes': portInNotes,
  '/api/v1/tenants/[id]/emergency-address': tenantsByIdEmergencyAddress,
  '/api/v1/accounts': accounts,
  '/api/v1/accounts/[id]': accountsById,
  '/api/v1/allowed-addresses': allowedAddresses,
  '/api/v1/allowed-addresses/[id]': allowedAddressesById,
  '/api/v1/api-keys': apiKeys,
  '/api/v1/api-keys/[id]': apiKeysById,
  '/api/v1/bans': bans,
  '/api/v1/bans/[id]': bansById,
  '/api/v1/browser-phone/credentials': browserPhoneCredentials,
  '/api/v1/calls': calls,
  '/api/v1/calls/[id]': callsById,
  '/api/v1/calls/[id]/trace': callsByIdTrace,
  '/api/v1/calls/[id]/trace.pcap': callsByIdTraceCapture,
  '/api/v1/calls/export': callsExport,
  '/api/v1/calls/quote': callsQuote,
  '/api/v1/carriers': carriers,
  '/api/v1/carriers/[id]': carriersById,
  '/api/v1/contacts': contacts,
  '/api/v1/contacts/[id]': contactsById,
  '/api/v1/calls/simulate': callsSimulate,
  '/api/v1/decks': decks,
  '/api/v1/decks/[id]': decksById,
  '/api/v1/decks/[id]/activate': decksByIdActivate,
  '/api/v1/decks/[id]/changes': decksByIdChanges,
  '/api/v1/decks/[id]/diff': decksByIdDiff,
  '/api/v1/decks/[id]/discard': decksByIdDiscard,
  '/api/v1/decks/[id]/export': decksByIdExport,
  '/api/v1/decks/[id]/impact': decksByIdImpact,
  '/api/v1/decks/[id]/imports': decksByIdImports,
  '/api/v1/decks/[id]/unschedule': decksByIdUnschedule,
  '/api/v1/deck-imports/[id]': deckImportsById,
  '/api/v1/deck-imports/[id]/problems': deckImportsByIdProblems,
  '/api/v1/deck-imports/[id]/problems/export': deckImportsByIdProblemsExport,
  '/api/v1/deck-imports/[id]/start': deckImportsByIdStart,
  '/api/v1/decks/[id]/rates': decksByIdRates,
  '/api/v1/decks/[id]/versions': decksByIdVersions,
  '/api/v1/extensions': extensions,
  '/api/v1/extensions/[id]': extensionsById,
  '/api/v1/extensions/[id]/provisioning-tokens': extensionsByIdProvisioningTokens,
  '/api/v1/extensions/[id]/registration-events': extensionsByIdRegistrationEvents,
  '/api/v1/extensions/[id]/reset-secret': extensionsByIdResetSecret,
  '/api/v1/extensions/[id]/reveal-secret': extensionsByIdRevealSecret,
  '/api/v1/exchange-rates': exchangeRates,
  '/api/v1/ledger/verification': ledgerVerification,
  '/api/v1/margins': margins,
  '/api/v1/live-calls': liveCalls,
  '/api/v1/live-calls/[id]': liveCallsById,
  '/api/v1/live-calls/[id]/recording': liveCallsByIdRecording,
  '/api/v1/me': me,
  '/api/v1/me/password': mePassword,
  '/api/v1/numbers': numbers,
  '/api/v1/numbers/[id]': numbersById,
  '/api/v1/numbers/[id]/assignment': numbersByIdAssignment,
  '/api/v1/overview': overview,
  '/api/v1/plans': plans,
  '/api/v1/plans/[id]': plansById,
  '/api/v1/plans/[id]/publish': plansByIdPublish,
  '/api/v1/provision/[token]': provisionByToken,
  '/api/v1/recordings': recordings,
  '/api/v1/recordings/[id]': recordingsById,
  '/api/v1/recordings/[id]/audio': recordingsByIdAudio,
  '/api/v1/recordings/[id]/peaks': recordingsByIdPeaks,
  '/api/v1/registrations': registrations,
  '/api/v1/registrations/[id]': registrationsById,
  '/api/v1/route-groups': routeGroups,
  '/api/v1/route-groups/[id]': routeGroupsById,
  '/api/v1/session': session,
  '/api/v1/session/[id]': sessionById,
  '/api/v1/session/others': sessionOthers,
  '/api/v1/setup': setup,
  '/api/v1/subscriptions': subscriptions,
  '/api/v1/subscriptions/[id]': subscriptionsById,
  '/api/v1/switch': switchStatus,
  '/api/v1/tenants': tenants,
  '/api/v1/tenants/[id]': tenantsById,
  '/api/v1/sounds': sounds,
  '/api/v1/sounds/[id]': soundsById,
  '/api/v1/sounds/[id]/audio': soundsByIdAudio,
  '/api/v1/tenants/[id]/capture': tenantsByIdCapture,
  '/api/v1/tenants/[id]/sounds': tenantsByIdSounds,
  '/api/v1/tenants/[id]/recording': tenantsByIdRecording,
  '/api/v1/trunks': trunks,
  '/api/v1/trunks/[id]': trunksById,
  '/api/v1/trunks/[id]/reset-secret': trunkResetSecret,
  '/api/v1/webhooks': webhooks,
  '/api/v1/webhooks/[id]': webhooksById,
  '/api/v1/wallets': wallets,
  '/api/v1/wallets/[id]': walletById,
  '/api/v1/wallets/[id]/postings': walletPostings,
  '/api/v1/wallets/[id]/statement': walletStatement,
  '/api/v1/accounts/[id]/fraud-profile': accountsByIdFraudProfile,
  '/api/v1/accounts/[id]/limits': accountsByIdLimits,
  '/api/v1/destination-prefixes': destinationPrefixes,
  '/api/v1/destination-prefixes/[id]': destinationPrefixesById,
  '/api/v1/extensions/[id]/limits': extensionsByIdLimits,
  '/api/v1/fraud-blocks': fraudBlocks,
  '/api/v1/fraud-blocks/[id]': fraudBlocksById,
  '/api/v1/fraud-blocks/[id]/release': fraudBlocksByIdRelease,
  '/api/v1/fraud-events': fraudEvents,
  '/api/v1/fraud-report': fraudReport,
  '/api/v1/limits': limits,
  '/api/v1/numbers/[id]/limits': numbersByIdLimits,
  '/api/v1/tenants/[id]/limits': tenantsByIdLimits,
  '/api/v1/trunks/[id]/limits': trunksByIdLimits,
  '/api/v1/verified-numbers': verifiedNumbers,
  '/api/v1/verified-numbers/[id]': verifiedNumbersById,
};
