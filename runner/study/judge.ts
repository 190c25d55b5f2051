import { readdir } from 'node:fs/promises';
import { nearest } from '../../src/nas/errors/index.js';
import { TableError } from '../../src/nas/tables/index.js';
import { type Study, TableJudge } from '../../src/nas/transfer/index.js';
import { BUILT_IN_TABLES, openTable, TABLE_EXTENSION } from '../tables/open.js';

/**
 * Opens the table that judges a study, from the folder NASTRANSFER_TABLES.
 * @throws {TableError} when it is missing or does not match the study
 */
export async function openJudge(study: Study): Promise<TableJudge | undefined> {
  if (!study.judge) return undefined;
  const { table: name } = study.judge;
  await checkInstalled(name);
  const table = await openTable(name);
  await table.load();
  return TableJudge.of(table, study);
}

async function checkInstalled(name: string): Promise<void> {
  const folder = process.env.NASTRANSFER_TABLES;
  const files = folder ? await readdir(folder).catch(() => []) : [];
  const there = files
    .filter((file) => file.endsWith(TABLE_EXTENSION))
    .map((file) => file.slice(0, -TABLE_EXTENSION.length));
  if (there.includes(name)) return;
  const guess = nearest(name, [...new Set([...BUILT_IN_TABLES, ...there])]);
  if (!BUILT_IN_TABLES.includes(name) && guess !== undefined)
    throw new TableError(`judge: table "${name}" is not known, did you mean ${guess}?`);
  const got = folder ? `${folder} has no ${name}${TABLE_EXTENSION}` : 'NASTRANSFER_TABLES is not set';
  throw new TableError(
    `judge: table ${name} is not installed: ${got}; put ${name}${TABLE_EXTENSION} into a folder and set NASTRANSFER_TABLES to it (docs/tables.md describes the format)`,
  );
}
