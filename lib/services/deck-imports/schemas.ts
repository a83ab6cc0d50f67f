import { z } from 'zod';
import { DELIMITERS } from '@/lib/core/sheets/csv';
import { idSchema, pageOf, pageQuerySchema, timestampSchema } from '@/lib/services/wire/schemas';
import { IMPORT_FIELDS } from './fields';

/** A million rows of a price list as CSV take some 80 MB, as a workbook a third of that. */
export const MAX_IMPORT_BYTES = 209_715_200;
/** As many rates as a deck is meant to have; a spreadsheet ends at 1,048,576 rows. */
export const MAX_IMPORT_ROWS = 1_000_000;
/** Problems that are listed; where there are more, the columns are mapped wrongly. */
export const MAX_PROBLEMS = 10_000;
/** Imports of a deck that wait for somebody. */
export const MAX_OPEN_IMPORTS = 10;

/** What a column can be; see fields.ts. */
export const importFieldSchema = z.enum(IMPORT_FIELDS);

const columnSchema = z.number().int().min(0).max(255);
const incrementSchema = z.number().int().max(3_600);

/** Which column is what. */
export const importMappingSchema = z.object({
  /** By field: the column's place, from 0. */
  columns: z.partialRecord(importFieldSchema, columnSchema),
  /** The line with the names of the columns; rows up to it are skipped. null: there is none. */
  headerLine: z.number().int().min(1).max(1_000).nullable(),
  /** What 05/12/2026 means. */
  dateOrder: z.enum(['dmy', 'mdy']).default('dmy'),
  /** Where no column says so. */
  defaults: z
    .object({ first: incrementSchema.min(0), next: incrementSchema.min(1) })
    .default({ first: 1, next: 1 }),
});

export const importFormatSchema = z.object({
  kind: z.enum(['csv', 'xlsx']),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).nullable(),
  delimiter: z.enum(DELIMITERS).nullable(),
  /** The name of the workbook's sheet that is read. */
  sheet: z.string().nullable(),
});

export const importStateSchema = z.enum([
  'uploaded',
  'mapping',
  'queued',
  'reading',
  'done',
  'refused',
  'failed',
  'discarded',
]);

export const createImportSchema = z.object({
  /** As the uploader calls it; it is only shown. */
  fileName: z.string().trim().min(1, 'must not be empty').max(200),
  /** The same key again is the same upload. */
  uploadKey: z.string().min(8).max(100).optional(),
  /** Begins by itself where the columns are known, by their names or from last time. */
  automatic: z.enum(['true', 'false']).default('false'),
});

export const startImportSchema = z.object({
  /** Left out: what was suggested. */
  mapping: importMappingSchema.optional(),
});

export const listImportsSchema = pageQuerySchema;

export const listProblemsSchema = pageQuerySchema;

const sampleRowSchema = z.object({ line: z.number().int(), cells: z.array(z.string()) });

export const importSchema = z.object({
  id: idSchema,
  deckId: idSchema,
  state: importStateSchema,
  fileName: z.string(),
  bytes: z.number().int(),
  format: importFormatSchema.nullable(),
  /** The file's first rows; null until they were looked at. */
  sample: z.array(sampleRowSchema).nullable(),
  mapping: importMappingSchema.nullable(),
  rowsRead: z.number().int(),
  /** 0 to 1. */
  progress: z.number(),
  problemCount: z.number().int(),
  /** More were there; only so many are listed. */
  problemsCut: z.boolean(),
  /** Why it can't be read at all. */
  failure: z.string().nullable(),
  /** The draft that it became. */
  version: z.number().int().nullable(),
  createdAt: timestampSchema,
  finishedAt: timestampSchema.nullable(),
});

export const importProblemSchema = z.object({
  line: z.number().int(),
  /** The column's letter, as a spreadsheet has it; null where the whole row is meant. */
  column: z.string().nullable(),
  heading: z.string().nullable(),
  value: z.string(),
  message: z.string(),
});

export const importPageSchema = pageOf(importSchema);
export const problemPageSchema = pageOf(importProblemSchema);

export type ImportField = z.output<typeof importFieldSchema>;
export type ImportMapping = z.output<typeof importMappingSchema>;
export type CreateImportInput = z.input<typeof createImportSchema>;
export type StartImportInput = z.input<typeof startImportSchema>;
export type ListImportsInput = z.input<typeof listImportsSchema>;
export type ListProblemsInput = z.input<typeof listProblemsSchema>;
export type WireImport = z.infer<typeof importSchema>;
export type WireProblem = z.infer<typeof importProblemSchema>;
