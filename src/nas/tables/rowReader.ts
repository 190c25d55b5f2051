import { TableError } from './table.js';

const NUMBER = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i;

export interface RowColumns {
  /** For messages. */
  readonly file: string;
  readonly rows: number;
  /** Columns of numbers to read; others are ignored. */
  readonly numbers: readonly string[];
  /** Column of texts to read, and a check that throws when a text is wrong. */
  readonly texts?: { readonly column: string; check(text: string): void };
}

export interface ReadColumns {
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly texts: readonly string[];
}

/**
 * Incremental reader of comma-separated rows, in chunks of any length: a heading line, then one line for each row, which the column
 * `index` numbers from 0. An empty cell is an unknown number.
 */
export class RowReader {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private readonly numbers: ReadonlyMap<string, Float64Array>;
  private readonly texts: string[] = [];
  private heading: readonly string[] | undefined;
  private places: readonly (readonly [place: number, values: Float64Array])[] = [];
  private indexPlace = 0;
  private textPlace = -1;
  private row = 0;
  private rest = '';

  constructor(private readonly columns: RowColumns) {
    this.numbers = new Map(columns.numbers.map((name) => [name, new Float64Array(columns.rows)]));
  }

  /** @throws {TableError} naming row and column of a fault */
  push(bytes: Uint8Array): void {
    this.lines(this.decoded(bytes));
  }

  /** @throws {TableError} when rows are missing */
  end(): ReadColumns {
    this.lines(this.decoded());
    if (this.rest !== '') this.line(this.rest);
    const { rows } = this.columns;
    if (this.row < rows) throw this.error(`got ${this.row} rows, wanted ${rows} as the header says`);
    return { numbers: this.numbers, texts: this.texts };
  }

  private decoded(bytes?: Uint8Array): string {
    try {
      return bytes ? this.decoder.decode(bytes, { stream: true }) : this.decoder.decode();
    } catch (cause) {
      throw this.error('got bytes that are not UTF-8, wanted comma-separated rows', cause);
    }
  }

  private lines(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    const cells = (line.endsWith('\r') ? line.slice(0, -1) : line).split(',');
    if (this.heading) this.cells(this.heading, cells);
    else this.readHeading(cells);
  }

  private readHeading(heading: readonly string[]): void {
    const { texts } = this.columns;
    const wanted = ['index', ...(texts ? [texts.column] : []), ...this.numbers.keys()];
    const missing = wanted.filter((name) => !heading.includes(name));
    if (missing.length > 0) {
      const got = heading.join(', ').slice(0, 200);
      throw this.error(`has no column ${missing.join(', ')}, which the header names; its columns are ${got}`);
    }
    const twice = wanted.find((name) => heading.indexOf(name) !== heading.lastIndexOf(name));
    if (twice) throw this.error(`has column ${twice} twice`);
    this.heading = heading;
    this.indexPlace = heading.indexOf('index');
    if (texts) this.textPlace = heading.indexOf(texts.column);
    this.places = Array.from(this.numbers, ([name, values]) => [heading.indexOf(name), values]);
  }

  private cells(heading: readonly string[], cells: readonly string[]): void {
    const { row } = this;
    const { rows, texts } = this.columns;
    if (row >= rows) throw this.error(`row ${row}: got a row more, wanted ${rows} as the header says`);
    if (cells.length !== heading.length)
      throw this.error(`row ${row}: got ${cells.length} cells, wanted ${heading.length} as the heading has`);
    if (cells[this.indexPlace] !== `${row}`) throw this.wrong('index', cells[this.indexPlace], `${row}`);
    for (const [place, values] of this.places) {
      const cell = cells[place];
      if (cell !== '' && !NUMBER.test(cell)) throw this.wrong(heading[place], cell, 'a number or nothing');
      values[row] = cell === '' ? Number.NaN : Number(cell);
      if (values[row] === Number.POSITIVE_INFINITY || values[row] === Number.NEGATIVE_INFINITY)
        throw this.wrong(heading[place], cell, 'a number of finite size');
    }
    if (texts) {
      const text = cells[this.textPlace];
      try {
        texts.check(text);
      } catch (cause) {
        throw this.error(`row ${row}, column ${texts.column}: ${(cause as Error).message}`, cause);
      }
      this.texts.push(text);
    }
    this.row++;
  }

  private wrong(column: string, got: string, wanted: string): TableError {
    return this.error(`row ${this.row}, column ${column}: got "${got.slice(0, 60)}", wanted ${wanted}`);
  }

  private error(what: string, cause?: unknown): TableError {
    return new TableError(`${this.columns.file}: ${what}`, cause === undefined ? undefined : { cause });
  }
}
