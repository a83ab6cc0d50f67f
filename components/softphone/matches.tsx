'use client';

import { useTranslations } from 'next-intl';
import { useDeferredValue } from 'react';
import { PhoneNumber } from '@/components/patterns/phone-number';
import { useItem } from '@/lib/client/use-item';
import { contactPageSchema } from '@/lib/services/contacts/schemas';
import { extensionPageSchema } from '@/lib/services/extensions/schemas';

const SHOWN = 6;

interface Match {
  readonly key: string;
  readonly name: string;
  readonly number: string;
  readonly note: string;
}

/** Colleagues and contacts by a part of their name; choosing one is as good as typing their number. */
export function Matches(props: { search: string; onChoose: (number: string) => void }) {
  const t = useTranslations('softphone');
  const matches = useMatches(useDeferredValue(props.search));
  if (matches === null) return <div className="min-h-13" aria-busy />;
  if (matches.length === 0) return <p className="min-h-13 text-ink-2">{t('nobodyFound')}</p>;
  return (
    <ul aria-label={t('found')} className="-mx-2 flex flex-col">
      {matches.map(({ key, name, number, note }) => (
        <li key={key}>
          <button
            type="button"
            onClick={() => props.onChoose(number)}
            className="block w-full rounded-control px-2 py-1.5 text-start hover:bg-hover"
          >
            <span className="block truncate font-medium">{name}</span>
            <span className="flex gap-2 text-ink-2 text-small">
              <PhoneNumber value={number} />
              <span className="min-w-0 truncate text-ink-3">{note}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** null while they are looked for. */
function useMatches(search: string): readonly Match[] | null {
  const query = { search, limit: SHOWN };
  const contacts = useItem({ path: '/contacts', query, response: contactPageSchema });
  const extensions = useItem({ path: '/extensions', query, response: extensionPageSchema });
  if (!contacts.data && !extensions.data) return null;
  const colleagues = (extensions.data?.items ?? []).map(({ id, name, number }) => {
    return { key: id, name, number, note: '' };
  });
  const others = (contacts.data?.items ?? []).flatMap(({ id, name, company, numbers }) =>
    numbers.map(({ number, label }) => ({
      key: `${id} ${number}`,
      ...{ name, number },
      note: [label, company].filter(Boolean).join(' · '),
    })),
  );
  return [...colleagues, ...others].slice(0, SHOWN);
}
