import { getRequestConfig } from 'next-intl/server';
import { LOCALE, messages } from '@/lib/client/i18n/messages';

/**
 * Texts for Server Components. There is one language and no locale in the address; times are UTC
 * until a page knows whose they are and passes their zone.
 */
export default getRequestConfig(async () => ({ locale: LOCALE, messages, timeZone: 'UTC' }));
