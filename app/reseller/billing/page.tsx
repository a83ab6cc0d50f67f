import BillingPage, { generateMetadata as billingMetadata } from '@/app/(portal)/billing/page';
import type { SearchParams } from '@/components/portal/search-params';

export const generateMetadata = billingMetadata;

/** The reseller's own wallet, as a customer sees theirs: balance and statement. */
export default function ResellerBillingPage(props: { searchParams: SearchParams }) {
  return <BillingPage {...props} />;
}
