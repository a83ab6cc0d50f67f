import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Prefetched } from '@/components/portal/prefetched';
import { paramOf, type SearchParams } from '@/components/portal/search-params';
import { registrationQuery } from '@/components/registrations/queries';
import { RegistrationList } from '@/components/registrations/registration-list';
import { listRegistrations } from '@/lib/services/registrations/list-registrations';
import { listRegistrationsSchema } from '@/lib/services/registrations/schemas';
import { firstPage } from '@/lib/web/first-page';
import { requirePermission } from '@/lib/web/session';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('registrations');
  return { title: t('title') };
}

/** Every phone that can be reached now, of everybody. */
export default async function AdminRegistrationsPage({
  searchParams,
}: {
  searchParams: SearchParams;
}) {
  const context = await requirePermission('extensions.read');
  const params = await searchParams;
  const query = registrationQuery({
    search: paramOf(params, 'q') ?? '',
    transport: paramOf(params, 'transport') ?? null,
    cursor: paramOf(params, 'cursor') ?? null,
  });
  const page = await firstPage(listRegistrationsSchema, query, (input) =>
    listRegistrations(context, input),
  );
  return (
    <Prefetched entries={page ? [{ path: '/registrations', query, page }] : []}>
      <RegistrationList />
    </Prefetched>
  );
}
