'use client';

import { useTranslations } from 'next-intl';
import { Select } from '@/components/ui/select';
import { showNumber } from '@/lib/client/format/phone';
import { useItem } from '@/lib/client/use-item';
import { numberPageSchema } from '@/lib/services/numbers/schemas';
import type { PhoneDesk } from './phone-context';

const USUAL = 'usual';
const MOST = 100;

/** Which of the tenant's numbers the other side is shown; nothing where there is no choice. */
export function CallAs({ desk }: { desk: PhoneDesk }) {
  const t = useTranslations('softphone');
  const { callAs, setCallAs, snapshot } = desk;
  const tenantId = snapshot.extension?.tenantId;
  const { data } = useItem({
    path: '/numbers',
    ...(tenantId === undefined ? { id: null } : { query: { tenantId, limit: MOST } }),
    response: numberPageSchema,
  });
  const numbers = data?.items ?? [];
  if (numbers.length === 0) return null;
  return (
    <div className="mb-3">
      <Select
        label={t('callAs')}
        items={[
          { value: USUAL, label: t('callAsUsual') },
          ...numbers.map(({ e164 }) => ({
            value: e164,
            label: t('callAsNumber', { number: showNumber(e164).text }),
          })),
        ]}
        value={callAs ?? USUAL}
        onValueChange={(value) => setCallAs(value === USUAL ? null : value)}
      />
    </div>
  );
}
