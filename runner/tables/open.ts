import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../../src/nas/data/index.js';
import {
  ColumnTable,
  NASBENCH201_TABLE,
  numberColumns,
  parseTableHeader,
  type RowSource,
  TableError,
  type TableHeader,
} from '../../src/nas/tables/index.js';
import { exists, gunzip, gunzipBeginning, LARGEST_BYTES } from '../data/files.js';
import { reasonOf } from '../errors/reason.js';

export const TABLE_EXTENSION = '.csv.gz';
const BUILT_IN: readonly TableHeader[] = [NASBENCH201_TABLE];
/** Tables with a built-in header. */
export const BUILT_IN_TABLES: readonly string[] = BUILT_IN.map(({ name }) => name);
const PIECE = 2 ** 16;

export interface TableOptions {
  /** Folder of tables that are opened by name; default: NASTRANSFER_TABLES. */
  readonly tablesDir?: string;
}

/**
 * Opens a table by the path of its .csv.gz, with its header (NAME.json) in the same folder or the built-in header that matches its
 * columns; or by a name, as NAME.csv.gz in the folder of tables. Rows are read at the first query.
 * @throws {TableError} when the table or its header is missing, with the places searched
 */
export async function openTable(pathOrName: string, { tablesDir }: TableOptions = {}): Promise<ColumnTable> {
  const folder = tablesDir ?? process.env.NASTRANSFER_TABLES;
  const path = pathOrName.endsWith(TABLE_EXTENSION) ? pathOrName : namedPath(pathOrName, folder);
  if (!(await exists(path))) throw new TableError(`${path}: no such file; wanted a table. ${HELP}`);
  const header = await headerOf(path);
  const companion = header.latencyFile && join(dirname(path), `${header.latencyFile.file}${TABLE_EXTENSION}`);
  const latencies = companion && (await exists(companion)) ? rowsOf(companion) : undefined;
  return new ColumnTable(header, { rows: rowsOf(path), ...(latencies ? { latencies } : {}) });
}

const HELP = `Give the path of a ${TABLE_EXTENSION}, or a name and its folder by --tables-dir or NASTRANSFER_TABLES`;

function namedPath(name: string, folder: string | undefined): string {
  if (name.includes('/') || name.includes('\\') || name === '')
    throw new TableError(`got table "${name}", wanted a name or a path that ends in ${TABLE_EXTENSION}`);
  if (!folder) throw new TableError(`table ${name}: got no folder of tables. ${HELP}`);
  return join(folder, `${name}${TABLE_EXTENSION}`);
}

async function headerOf(path: string): Promise<TableHeader> {
  const file = `${path.slice(0, -TABLE_EXTENSION.length)}.json`;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new TableError(`${file}: got ${reasonOf(error)}, wanted the header of ${basename(path)}`, { cause: error });
  });
  if (text === undefined) return builtInFor(path, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TableError(`${file}: is no JSON: ${(cause as Error).message}`, { cause });
  }
  return parseTableHeader(value, file);
}

/** The built-in header with the columns of the file. */
async function builtInFor(path: string, headerFile: string): Promise<TableHeader> {
  const heading = await headingOf(path);
  const header = BUILT_IN.find((one) =>
    ['index', 'arch', ...numberColumns(one)].every((column) => heading.includes(column)),
  );
  if (header) return header;
  const wanted = `its header as ${headerFile}, or the columns of ${BUILT_IN.map(({ name }) => name).join(', ')}`;
  throw new TableError(`${path}: got the heading "${heading.join(',').slice(0, 80)}", wanted ${wanted}`);
}

async function headingOf(path: string): Promise<string[]> {
  const buffer = Buffer.alloc(PIECE);
  try {
    const handle = await open(path);
    try {
      const { bytesRead } = await handle.read(buffer, 0, PIECE, 0);
      const [line] = Buffer.from(gunzipBeginning(buffer.subarray(0, bytesRead)))
        .toString('utf8')
        .split('\n', 1);
      return line.trimEnd().split(',');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new TableError(`${path}: got ${reasonOf(cause)}, wanted a gzip file of rows`, { cause });
  }
}

/** The rows of the file, decompressed on demand; synchronous, as queries are. */
function rowsOf(path: string): RowSource {
  return function* () {
    let bytes: Uint8Array;
    try {
      bytes = gunzip(readFileSync(path), path, LARGEST_BYTES);
    } catch (cause) {
      if (cause instanceof DataError) throw new TableError(cause.message, { cause });
      throw new TableError(`${path}: got ${reasonOf(cause)}, wanted a readable file`, { cause });
    }
    for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE);
  };
}
