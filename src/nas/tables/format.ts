import { z } from 'zod';
import { describeSchemaErrors } from '../schemas/schemaErrors.js';
import { TableError } from './table.js';

const count = z.int().min(1);
const text = z.string().min(1);
const latency = z.strictObject({ column: text, device: text });

const networkSettings = z.strictObject({
  channels: count,
  cells: count,
  classes: count,
  size: count,
  imageChannels: count,
});

/**
 * Estimates the seconds of a training from a cost of the architecture's network, such as its latency: an epoch takes
 * cost x `training` x images, an evaluation cost x `validation` x images.
 */
const timeModel = z.strictObject({
  /** Name of the cost. */
  cost: text,
  /** Seconds per image and unit of the cost. */
  training: z.number().positive(),
  validation: z.number().positive(),
  /** Images of every data set. */
  images: z.record(text, z.strictObject({ training: count, validation: count })),
  /** Source and accuracy of the numbers. */
  source: text,
});

const tableHeader = z.strictObject({
  format: z.literal(1),
  name: text,
  space: text,
  rows: count,
  licence: text,
  /** Columns of accuracies in per cent. */
  measurements: z
    .array(
      z.strictObject({
        column: text,
        set: text,
        split: z.enum(['train', 'validation', 'test']),
        epochs: count,
        seed: z.union([z.enum(['mean', 'one']), z.int().min(0)]),
      }),
    )
    .min(1),
  costs: z.array(z.strictObject({ column: text, name: text, set: text })).default([]),
  /** Columns of milliseconds. */
  latencies: z.array(latency).default([]),
  /** More columns of milliseconds in a second file of the same rows: `file`.csv.gz. */
  latencyFile: z.strictObject({ file: text, latencies: z.array(latency).min(1) }).optional(),
  /** Columns of the seconds of trainings, each with one evaluation. */
  seconds: z.array(z.strictObject({ column: text, set: text, epochs: count })).default([]),
  timeModel: timeModel.optional(),
  /** Networks that were trained, for every data set. */
  settings: z.record(text, networkSettings).default({}),
  provenance: z.array(z.strictObject({ columns: z.array(text).min(1), source: text, licence: text })).default([]),
});

/** Content of NAME.json, the header of NAME.csv.gz. */
export type TableHeader = z.infer<typeof tableHeader>;

/** @throws {TableError} naming every wrong field */
export function parseTableHeader(value: unknown, where: string): TableHeader {
  const parsed = tableHeader.safeParse(value);
  if (!parsed.success)
    throw new TableError(
      `${where}: is not the header of a table: ${describeSchemaErrors(parsed.error, value).join('; ')}`,
    );
  return parsed.data;
}

/** Columns of numbers that the table's own file must have. */
export function numberColumns(header: TableHeader): string[] {
  const { measurements, costs, latencies, seconds } = header;
  return [...new Set([...measurements, ...costs, ...latencies, ...seconds].map(({ column }) => column))];
}
