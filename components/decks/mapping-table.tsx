'use client';

import { useTranslations } from 'next-intl';
import { Select } from '@/components/ui/select';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { columnLetter } from '@/lib/core/sheets/column-letter';
import {
  type ImportField,
  type ImportMapping,
  importFieldSchema,
  type WireImport,
} from '@/lib/services/deck-imports/schemas';

const SHOWN_ROWS = 8;
const SHOWN_COLUMNS = 40;
/** Stands for a column that is not used. */
const UNUSED = 'unused';

export interface MappingTableProps {
  sample: NonNullable<WireImport['sample']>;
  mapping: ImportMapping;
  /** What a column can be. */
  fields: readonly ImportField[];
  onChange: (mapping: ImportMapping) => void;
  disabled: boolean;
}

/** The file's first rows, and above each column what it is. */
export function MappingTable(props: MappingTableProps) {
  const { sample, mapping, fields, onChange, disabled } = props;
  const t = useTranslations('decks.imports');
  const width = Math.min(SHOWN_COLUMNS, Math.max(0, ...sample.map((row) => row.cells.length)));
  const columns = Array.from({ length: width }, (_, column) => column);
  const rows = sample.filter((row) => row.line >= (mapping.headerLine ?? 0)).slice(0, SHOWN_ROWS);
  const items = [
    { value: UNUSED, label: t('mapping.ignore') },
    ...fields.map((field) => ({ value: field, label: t(`fields.${field}`) })),
  ];
  return (
    <Table aria-label={t('mapping.preview')}>
      <thead>
        <tr>
          <Th className="w-px">{t('mapping.line')}</Th>
          {columns.map((column) => (
            <Th key={column} className="min-w-44 py-2">
              <Select
                label={t('mapping.columnLabel', { column: columnLetter(column) })}
                items={items}
                value={fieldAt(mapping, column) ?? UNUSED}
                onValueChange={(field) =>
                  onChange(assigned(mapping, column, fields.find((one) => one === field) ?? null))
                }
                disabled={disabled}
              />
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.line}>
            <Td className="text-ink-3 tabular-nums">{row.line}</Td>
            {columns.map((column) => (
              <Td
                key={column}
                className={
                  row.line === mapping.headerLine
                    ? 'max-w-60 truncate font-medium'
                    : fieldAt(mapping, column) === null
                      ? 'max-w-60 truncate text-ink-3'
                      : 'max-w-60 truncate'
                }
              >
                {row.cells[column] ?? ''}
              </Td>
            ))}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function fieldAt({ columns }: ImportMapping, column: number): ImportField | null {
  return importFieldSchema.options.find((field) => columns[field] === column) ?? null;
}

/** A column is one thing, and a thing is one column. */
function assigned(
  mapping: ImportMapping,
  column: number,
  field: ImportField | null,
): ImportMapping {
  const kept = Object.entries(mapping.columns).filter(
    ([name, at]) => at !== column && name !== field,
  );
  return {
    ...mapping,
    columns: Object.fromEntries(field === null ? kept : [...kept, [field, column]]),
  };
}
