import { NasTransferError } from '../../engine/errors/errors.js';
import type { Space } from '../spaces/shared/space.js';
import { SPACE_NAMES, spaceByName } from '../spaces/spaces.js';
import { numberColumns, type TableHeader } from './format.js';
import { describeMeasurement, nearestMeasurements } from './measurement.js';
import { PackedNumbers } from './packedNumbers.js';
import { PackedTexts } from './packedTexts.js';
import { sameAs } from './references.js';
import { type ReadColumns, type RowColumns, RowReader } from './rowReader.js';
import { type CostColumn, type Measurement, type Table, TableError } from './table.js';

/** Decompressed bytes of the comma-separated rows, in chunks of any length; every call starts from the beginning. */
export type RowSource = () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface TableFiles {
  readonly rows: RowSource;
  /** Rows of the header's `latencyFile`; left out, the table has no latencies of its devices. */
  readonly latencies?: RowSource;
}

type Columns = ReadonlyMap<string, PackedNumbers>;

/**
 * A table of a header and comma-separated rows, stored by columns. A file is read in one pass when it is first needed;
 * with an asynchronous source, `load` has to be called before.
 */
export class ColumnTable implements Table {
  readonly name: string;
  readonly space: string;
  readonly size: number;
  readonly measurements: readonly Measurement[];
  readonly costs: readonly CostColumn[];
  readonly devices: readonly string[];
  private readonly searchSpace: Space;
  private own: { readonly texts: PackedTexts; readonly columns: Columns } | undefined;
  private more: Columns | undefined;

  /** @throws {TableError} when the header's space is not registered */
  constructor(
    readonly header: TableHeader,
    private readonly files: TableFiles,
  ) {
    this.name = header.name;
    if (!SPACE_NAMES.includes(header.space))
      throw new TableError(`${this.name}: got space "${header.space}", wanted one of: ${SPACE_NAMES.join(', ')}`);
    this.space = header.space;
    this.searchSpace = spaceByName(header.space);
    this.size = header.rows;
    this.measurements = header.measurements.map(({ column: _, ...measurement }) => measurement);
    this.costs = header.costs.map(({ name, set }) => ({ name, set }));
    this.devices = [...header.latencies, ...(this.latencyFile?.latencies ?? [])].map(({ device }) => device);
  }

  /** Reads all rows. @throws {TableError} naming row and column of the first fault */
  async load(): Promise<void> {
    this.own ??= this.packOwn(await readAll(this.ownColumns(), this.files.rows));
    if (this.latencyFile) this.more ??= pack(await readAll(this.latencyColumns(), this.files.latencies!));
  }

  /** Bytes of memory of the rows read so far. */
  get byteLength(): number {
    const columns = [...(this.own?.columns.values() ?? []), ...(this.more?.values() ?? [])];
    return columns.reduce((sum, column) => sum + column.byteLength, this.own?.texts.byteLength ?? 0);
  }

  architecture(index: number): string {
    return this.loaded().texts.at(this.checked(index));
  }

  indexOf(architecture: string): number {
    const index = this.loaded().texts.find(architecture);
    if (index >= 0) return index;
    const wanted = `one of its ${this.size} architectures as ${this.space} writes them`;
    throw new TableError(`${this.name}: got architecture "${architecture}", wanted ${wanted}`);
  }

  has(architecture: string): boolean {
    return this.loaded().texts.find(architecture) >= 0;
  }

  accuracies(measurement: Measurement): Float64Array {
    const found = this.header.measurements.find((one) => sameAs(one, measurement));
    if (found) return this.column(found.column).all();
    const nearest = nearestMeasurements(measurement, this.measurements).map(describeMeasurement).join('; ');
    throw new TableError(`${this.name}: has no ${describeMeasurement(measurement)}; the nearest it has: ${nearest}`);
  }

  costColumn({ name, set }: CostColumn): Float64Array {
    return this.cost(name, set).all();
  }

  latencies(device: string): Float64Array {
    const found = this.header.latencies.find((one) => one.device === device);
    if (found) return this.column(found.column).all();
    const further = this.latencyFile?.latencies.find((one) => one.device === device);
    if (further) {
      this.more ??= pack(readNow(this.latencyColumns(), this.files.latencies!));
      return this.more.get(further.column)!.all();
    }
    const file = this.header.latencyFile && !this.files.latencies ? this.header.latencyFile.file : undefined;
    const wanted = this.devices.length > 0 ? `one of: ${this.devices.join(', ')}` : 'none, for no latencies are known';
    const hint = file ? `; put ${file}.csv.gz beside the table to have its devices` : '';
    throw new TableError(`${this.name}: got device "${device}", wanted ${wanted}${hint}`);
  }

  trainingSeconds(index: number, set: string, epochs: number): number {
    const measured = this.header.seconds.find((one) => one.set === set && one.epochs === epochs);
    if (measured) return this.column(measured.column).at(this.checked(index));
    const { timeModel, seconds } = this.header;
    const images = timeModel?.images[set];
    if (timeModel && images) {
      const { training, validation } = timeModel;
      const cost = this.cost(timeModel.cost, set).at(this.checked(index));
      return cost * (training * images.training * epochs + validation * images.validation);
    }
    const known = timeModel ? Object.keys(timeModel.images) : seconds.map((one) => `${one.set} ${one.epochs} epochs`);
    const wanted = known.length > 0 ? `one of: ${known.join(', ')}` : 'none, for no times are known';
    throw new TableError(`${this.name}: seconds of training on ${set} for ${epochs} epochs, wanted ${wanted}`);
  }

  private get latencyFile(): TableHeader['latencyFile'] {
    return this.files.latencies && this.header.latencyFile;
  }

  private cost(name: string, set: string): PackedNumbers {
    const found = this.header.costs.find((one) => one.name === name && one.set === set);
    if (found) return this.column(found.column);
    const known = this.costs.map((one) => `${one.name} on ${one.set}`).join(', ');
    throw new TableError(`${this.name}: got cost ${name} on ${set}, wanted one of: ${known || 'none'}`);
  }

  private column(name: string): PackedNumbers {
    return this.loaded().columns.get(name)!;
  }

  private checked(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return index;
    throw new TableError(`${this.name}: got index ${index}, wanted a whole number from 0 to ${this.size - 1}`);
  }

  private loaded() {
    this.own ??= this.packOwn(readNow(this.ownColumns(), this.files.rows));
    return this.own;
  }

  private ownColumns(): RowColumns {
    const check = (text: string) => {
      const canonical = this.searchSpace.format(this.searchSpace.parse(text));
      if (canonical !== text) throw new TableError(`got "${text}", wanted it as "${canonical}"`);
    };
    const numbers = numberColumns(this.header);
    return { file: `${this.name}.csv.gz`, rows: this.size, numbers, texts: { column: 'arch', check } };
  }

  private latencyColumns(): RowColumns {
    const { file, latencies } = this.latencyFile!;
    return { file: `${file}.csv.gz`, rows: this.size, numbers: latencies.map(({ column }) => column) };
  }

  private packOwn(read: ReadColumns) {
    const twice = (first: number, second: number) =>
      new TableError(
        `${this.name}.csv.gz: row ${second}, column arch: got the architecture of row ${first} again, wanted each once`,
      );
    return { texts: new PackedTexts(read.texts, twice), columns: pack(read) };
  }
}

function pack({ numbers }: ReadColumns): Columns {
  return new Map(Array.from(numbers, ([name, values]) => [name, new PackedNumbers(values)]));
}

function readNow(columns: RowColumns, source: RowSource): ReadColumns {
  const reader = new RowReader(columns);
  try {
    const pieces = source();
    if (!(Symbol.iterator in pieces))
      throw new TableError(`${columns.file}: rows were used before they were read; await load() first`);
    for (const piece of pieces) reader.push(piece);
  } catch (error) {
    throw readingError(columns, error);
  }
  return reader.end();
}

async function readAll(columns: RowColumns, source: RowSource): Promise<ReadColumns> {
  const reader = new RowReader(columns);
  try {
    for await (const piece of source()) reader.push(piece);
  } catch (error) {
    throw readingError(columns, error);
  }
  return reader.end();
}

/** Wraps errors of the source, such as of a damaged gzip stream. */
function readingError({ file }: RowColumns, error: unknown): Error {
  if (error instanceof NasTransferError) return error;
  const got = error instanceof Error ? error.message : String(error);
  return new TableError(`${file}: reading got ${got}, wanted a whole, undamaged gzip stream of rows`, { cause: error });
}
