'use client';

import { PageFailed } from '@/components/portal/page-failed';

/** A page that failed leaves the frame around it alone. */
export default function ResellerError(props: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <PageFailed digest={props.error.digest} onRetry={props.reset} />;
}
