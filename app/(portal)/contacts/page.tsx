import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ContactList } from '@/components/contacts/contact-list';
import { contactQuery } from '@/components/contacts/queries';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { listContacts } from '@/lib/services/contacts/list-contacts';
import { listContactsSchema } from '@/lib/services/contacts/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requireContext } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('contacts');
  return { title: t('title') };
}

/** The address book. */
export default async function ContactsPage({ searchParams }: { searchParams: SearchParams }) {
  const context = await requireContext();
  const params = await searchParams;
  const query = contactQuery({ search: paramOf(params, 'q'), cursor: paramOf(params, 'cursor') });
  const page = await firstPage(listContactsSchema, query, (input) => listContacts(context, input));
  return (
    <Prefetched entries={page ? [{ path: '/contacts', query, page }] : []}>
      <ContactList />
    </Prefetched>
  );
}
