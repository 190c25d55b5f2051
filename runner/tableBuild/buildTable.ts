import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Space } from '../../src/nas/spaces/index.js';
import { trainedTable } from '../../src/nas/tables/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { versions } from '../package/package.js';
import type { Tools } from '../tools/tools.js';
import { type RowsToTrain, type TrainRowsOptions, trainRows } from './trainRows.js';

export interface TableToBuild extends Omit<RowsToTrain, 'space'> {
  readonly name: string;
  readonly space: Space;
  readonly licence: string;
}

/** Trains and writes a table, NAME.json and NAME.csv.gz in `folder`. @throws {JobError} when a training fails @throws {InterruptedError} when the user stops; finished trainings are kept */
export async function buildTable(
  table: TableToBuild,
  tools: Tools,
  options: TrainRowsOptions,
): Promise<{ file: string; rows: number }> {
  const { name, space, set, seeds, architectures, licence } = table;
  const {
    rows: trained,
    adapter,
    protocol,
    classes,
  } = await trainRows({ ...table, space: space.name }, tools, options);
  const { channels, cells, imageSize: size, imageChannels, epochs } = protocol;
  const source = `trained by nastransfer ${versions().nastransfer} on ${adapter.name} (${adapter.driver})`;
  const settings = { channels, cells, classes, size, imageChannels };
  const { header, rows } = trainedTable({
    name,
    space,
    set,
    epochs,
    settings,
    seeds,
    architectures,
    trained,
    licence,
    source,
  });
  const file = join(options.folder, `${name}.csv.gz`);
  await writeFile(file, gzipSync(rows, { level: 9 }));
  await atomicWrite(join(options.folder, `${name}.json`), `${JSON.stringify(header, undefined, 2)}\n`);
  return { file, rows: architectures.length };
}
