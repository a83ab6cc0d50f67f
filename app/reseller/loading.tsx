import { PageSkeleton } from '@/components/portal/page-skeleton';

/** The shape of a page while its first view is read. */
export default function ResellerLoading() {
  return <PageSkeleton />;
}
