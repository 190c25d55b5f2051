import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openTable } from '../../../runner/tables/open.js';
import { TableError } from '../../../src/nas/tables/table.js';
import { smallHeader, smallRows } from '../../nas/tables/smallTable.js';
import { temporaryFolder, writeFiles } from '../data/support.js';

const json = JSON.stringify(smallHeader);
const packed = gzipSync(smallRows);
const test4 = { set: 'digits', split: 'test', epochs: 4, seed: 'mean' } as const;

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  return writeFiles(temporaryFolderOnce(), files);
}
const folders = temporaryFolder();
let count = 0;
function temporaryFolderOnce(): string {
  return join(folders, `${count++}`);
}

afterEach(() => vi.unstubAllEnvs());

describe('opening a table', () => {
  it('accepts a path, or a name and a folder', async () => {
    const folder = folderOf({ 'small.json': json, 'small.csv.gz': packed });
    const byPath = await openTable(join(folder, 'small.csv.gz'));
    const byName = await openTable('small', { tablesDir: folder });
    vi.stubEnv('NASTRANSFER_TABLES', folder);
    const byVariable = await openTable('small');
    for (const table of [byPath, byName, byVariable]) expect(table.accuracies(test4)[1]).toBe(61);
  });

  it('reads no rows: broken ones are refused at the first query', async () => {
    const broken: readonly (readonly [got: string, bytes: Uint8Array])[] = [
      [`end of file after ${packed.length - 20} bytes`, packed.subarray(0, packed.length - 20)],
      ['gzip: incorrect header check', new TextEncoder().encode(smallRows)],
      ['gzip: incorrect data check', Uint8Array.from(packed, (byte, i) => (i === packed.length - 6 ? byte ^ 1 : byte))],
      ['4 bytes after the end of the gzip stream', Buffer.concat([packed, Buffer.alloc(4)])],
    ];
    for (const [got, bytes] of broken) {
      const table = await openTable(join(folderOf({ 'small.json': json, 'small.csv.gz': bytes }), 'small.csv.gz'));
      expect(() => table.accuracies(test4)).toThrow(TableError);
      expect(() => table.accuracies(test4)).toThrow(new RegExp(`small\\.csv\\.gz.*: got ${got}, wanted `));
    }
  });

  it('states what is missing, and what to do', async () => {
    const folder = folderOf({ 'small.csv.gz': packed, 'broken.csv.gz': packed, 'broken.json': '{' });
    vi.stubEnv('NASTRANSFER_TABLES', '');
    await expect(openTable('nasbench201')).rejects.toThrow(
      'table nasbench201: got no folder of tables. Give the path of a .csv.gz, or a name and its folder by ' +
        '--tables-dir or NASTRANSFER_TABLES',
    );
    await expect(openTable('nasbench201', { tablesDir: folder })).rejects.toThrow('nasbench201.csv.gz: no such file');
    await expect(openTable('a/b')).rejects.toThrow('got table "a/b", wanted a name or a path that ends in .csv.gz');
    await expect(openTable('small', { tablesDir: folder })).rejects.toThrow(
      /small\.csv\.gz: got the heading "index,arch,val,.*", wanted its header as .*small\.json, or the columns of nasbench201/,
    );
    await expect(openTable('broken', { tablesDir: folder })).rejects.toThrow('broken.json: is no JSON');
  });
});

const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const there = existsSync(join(tables, 'nasbench201.csv.gz'));
if (!there)
  console.warn(
    `Skipped: nasbench201.csv.gz is not opened, for ${tables} lacks it. Set NASTRANSFER_TABLES to its folder.`,
  );

describe.skipIf(!there)('opening NAS-Bench-201', () => {
  it('needs no header file, under any name', async () => {
    const table = await openTable('nasbench201', { tablesDir: tables });
    expect([table.size, table.devices.length, table.byteLength]).toEqual([15625, 27, 0]);
    const renamed = folderOf({ 'mine.csv.gz': readFileSync(join(tables, 'nasbench201.csv.gz')) });
    const other = await openTable('mine', { tablesDir: renamed });
    expect([other.name, other.devices.length]).toEqual(['nasbench201', 0]);
    expect(other.architecture(11472)).toBe(table.architecture(11472));
  });
});
