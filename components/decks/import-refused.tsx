'use client';

import { Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Panel } from '@/components/patterns/panel';
import { useMay } from '@/components/portal/me-context';
import { Button, buttonClass } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { apiUrl } from '@/lib/client/api';
import { useItem } from '@/lib/client/use-item';
import { problemPageSchema, type WireImport } from '@/lib/services/deck-imports/schemas';
import type { WireDeck } from '@/lib/services/decks/schemas';
import { ImportMapping } from './import-mapping';

/** More are in the file that can be downloaded. */
const SHOWN = { limit: 100 };

export interface ImportRefusedProps {
  deck: WireDeck;
  one: WireImport;
  onAgain: () => void;
}

/** What is wrong with a file, by line and column; nothing of it was taken over. */
export function ImportRefused({ deck, one, onAgain }: ImportRefusedProps) {
  const t = useTranslations('decks.imports.refused');
  const mayWrite = useMay('decks.write');
  const [isChoosing, setChoosing] = useState(false);
  if (isChoosing) return <ImportMapping deck={deck} one={one} onAgain={onAgain} />;
  const path = `/deck-imports/${one.id}/problems`;
  return (
    <Panel
      title={t('title', { count: one.problemCount, file: one.fileName })}
      actions={
        <a
          href={apiUrl(`${path}/export`)}
          download
          className={cn(buttonClass({ size: 'sm' }), '[&_.lucide]:icon-dense')}
        >
          <Download aria-hidden />
          {t('download')}
        </a>
      }
      className="overflow-hidden"
    >
      <div className="flex flex-col gap-3 p-4">
        <p className="text-ink-2">{t('text')}</p>
        {one.problemsCut && (
          <p className="text-amber-text">{t('cut', { count: one.problemCount })}</p>
        )}
        {mayWrite && (
          <span className="flex flex-wrap gap-2">
            <Button variant="primary" onClick={onAgain}>
              {t('uploadAgain')}
            </Button>
            <Button onClick={() => setChoosing(true)}>{t('again')}</Button>
          </span>
        )}
      </div>
      <ProblemTable path={path} />
    </Panel>
  );
}

function ProblemTable({ path }: { path: string }) {
  const t = useTranslations('decks.imports.refused');
  const { data } = useItem({ path, query: SHOWN, response: problemPageSchema });
  return (
    <Table aria-label={t('list')}>
      <thead>
        <tr>
          <Th className="w-px">{t('line')}</Th>
          <Th className="w-px">{t('column')}</Th>
          <Th>{t('problem')}</Th>
        </tr>
      </thead>
      <tbody>
        {(data?.items ?? []).map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may have several, in their order
          <Tr key={index}>
            <Td className="tabular-nums">{problem.line}</Td>
            <Td className="whitespace-nowrap">
              {problem.column ?? '–'}
              {problem.heading && <span className="text-ink-3"> {problem.heading}</span>}
            </Td>
            <Td className="min-w-48 break-words py-1.5">{problem.message}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
