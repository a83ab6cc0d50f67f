import { Skeleton } from '@/components/ui/skeleton';

const ROWS = [0, 1, 2, 3, 4, 5, 6, 7];

/** A head and rows, still, shown only after 150 ms. */
export function PageSkeleton() {
  return (
    <div aria-busy className="animate-appear">
      <div className="mb-4 flex min-h-8 items-center max-md:hidden">
        <Skeleton className="h-4 w-32" />
      </div>
      <div className="divide-y divide-line rounded-panel border border-line">
        {ROWS.map((row) => (
          <div key={row} className="flex h-9 items-center justify-between gap-8 px-4 max-md:h-13">
            <Skeleton className="w-1/4" />
            <Skeleton className="w-1/3" />
            <Skeleton className="w-12" />
          </div>
        ))}
      </div>
    </div>
  );
}
