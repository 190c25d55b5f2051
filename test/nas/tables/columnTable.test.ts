import { describe, expect, it } from 'vitest';
import { ColumnTable } from '../../../src/nas/tables/columnTable.js';
import { parseTableHeader } from '../../../src/nas/tables/format.js';
import { TableError } from '../../../src/nas/tables/table.js';
import { none, pools, skips, smallHeader, smallRows, tableOf } from './smallTable.js';

const header = parseTableHeader(smallHeader, 'small');
const test4 = { set: 'digits', split: 'test', epochs: 4, seed: 'mean' } as const;

describe('a table of columns', () => {
  it('returns every number exactly, and NaN for an empty cell', () => {
    const table = tableOf(smallRows);
    expect([...table.accuracies(test4)]).toEqual([9.99, 61, 62.0001]);
    expect([...table.accuracies({ ...test4, split: 'validation' })]).toEqual([10.5, Number.NaN, 60]);
    expect([...table.costColumn({ name: 'score:some', set: 'digits' })]).toEqual([Number.NaN, 1e-7, -3.25]);
    expect([...table.latencies('clock')]).toEqual([7.5, 8, 9]);
  });

  it('finds architectures by row and rows by architecture', () => {
    const table = tableOf(smallRows);
    expect([none, skips, pools].map((text) => table.indexOf(text))).toEqual([0, 1, 2]);
    expect(table.architecture(2)).toBe(pools);
    const other = none.replace('none~2', 'skip_connect~2');
    expect([table.has(none), table.has(other)]).toEqual([true, false]);
    expect(() => table.indexOf(other)).toThrow(`small: got architecture "${other}", wanted one of its 3 architectures`);
    expect(() => table.architecture(3)).toThrow('small: got index 3, wanted a whole number from 0 to 2');
  });

  it('reads the same from chunks of any length, with either kind of line ends and without the last', () => {
    for (const piece of [1, 13, 100000])
      for (const rows of [smallRows, smallRows.replaceAll('\n', '\r\n'), smallRows.trimEnd()])
        expect([...tableOf(rows, header, piece).accuracies(test4)]).toEqual([9.99, 61, 62.0001]);
  });

  it('reads its rows at the first query, and once', () => {
    let times = 0;
    const table = new ColumnTable(header, {
      rows() {
        times++;
        return [new TextEncoder().encode(smallRows)];
      },
    });
    expect([times, table.byteLength]).toEqual([0, 0]);
    table.accuracies(test4);
    table.indexOf(none);
    expect(times).toBe(1);
    expect(table.byteLength).toBeGreaterThan(0);
  });

  it('reads asynchronous rows after they are awaited', async () => {
    const table = new ColumnTable(header, {
      async *rows() {
        yield new TextEncoder().encode(smallRows);
      },
    });
    expect(() => table.accuracies(test4)).toThrow('rows were used before they were read; await load() first');
    await table.load();
    expect(table.accuracies(test4)[0]).toBe(9.99);
  });

  it('takes the seconds of a training from their column, and otherwise from the model', () => {
    const table = tableOf(smallRows);
    expect(table.trainingSeconds(1, 'digits', 4)).toBe(200.5);
    expect(table.trainingSeconds(1, 'digits', 2)).toBe(3 * (0.5 * 10 * 2 + 0.25 * 4));
    expect(() => table.trainingSeconds(1, 'letters', 2)).toThrow('wanted one of: digits');
  });

  it('lists what it has if something else is requested', () => {
    const table = tableOf(smallRows);
    expect(() => table.accuracies({ ...test4, epochs: 2 })).toThrow(
      'small: has no test accuracy on digits after 2 epochs, mean over seeds; ' +
        'the nearest it has: test accuracy on digits after 4 epochs, mean over seeds',
    );
    expect(() => table.costColumn({ name: 'mflops', set: 'digits' })).toThrow('wanted one of: parameters on digits');
    expect(() => table.latencies('sundial')).toThrow('got device "sundial", wanted one of: clock');
  });
});

describe('a broken table', () => {
  const row2 = `2,${pools},50.5,60,62.0001,73306,4,-3.25,9,`;
  it.each([
    ['a row that is missing', smallRows.replace(`${row2}\n`, ''), 'got 2 rows, wanted 3 as the header says'],
    ['a row too many', `${smallRows}3,${none},1,1,1,1,1,1,1,1\n`, 'row 3: got a row more, wanted 3'],
    ['a cell that is missing', smallRows.replace(',9,\n', ',9\n'), 'row 2: got 9 cells, wanted 10'],
    ['a line that ends too early', smallRows.slice(0, -60), 'row 2: got 2 cells, wanted 10'],
    ['a word for a number', smallRows.replace(',50.25,', ',much,'), 'row 1, column val: got "much", wanted a number'],
    ['a number with a tail', smallRows.replace(',61,', ',61%,'), 'row 1, column test: got "61%", wanted a number'],
    ['a number beyond all', smallRows.replace(',61,', ',1e999,'), 'row 1, column test: got "1e999"'],
    ['rows out of order', smallRows.replace('\n1,', '\n2,'), 'row 1, column index: got "2", wanted 1'],
    [
      'no architecture',
      smallRows.replace(skips, 'skips'),
      'row 1, column arch: NAS-Bench-201 cell "skips": position 0',
    ],
    [
      'an architecture twice',
      smallRows.replace(pools, none),
      'row 2, column arch: got the architecture of row 0 again',
    ],
    ['a column that is missing', smallRows.replace(',test,', ',tests,'), 'has no column test, which the header names'],
    ['no rows at all', '', 'got 0 rows, wanted 3'],
  ])('is refused: %s', (_, rows, message) => {
    const read = () => tableOf(rows).accuracies(test4);
    expect(read).toThrow(TableError);
    expect(read).toThrow(message);
    expect(read).toThrow('small.csv.gz: ');
  });

  it('is refused if its header has a column twice', () => {
    const header2 = parseTableHeader({ ...smallHeader, costs: smallHeader.costs.slice(1) }, 'small');
    const twice = () => tableOf(smallRows.replace(',params,', ',test,'), header2).accuracies(test4);
    expect(twice).toThrow('has column test twice');
  });

  it('is refused if its bytes are not text, or their source fails', () => {
    const from = (rows: () => Iterable<Uint8Array>) => () => new ColumnTable(header, { rows }).accuracies(test4);
    expect(from(() => [Uint8Array.of(0xff, 0xfe)])).toThrow('small.csv.gz: got bytes that are not UTF-8');
    const failing = from(() => {
      throw new Error('incorrect header check');
    });
    expect(failing).toThrow(TableError);
    expect(failing).toThrow('reading got incorrect header check, wanted a whole, undamaged gzip stream');
  });

  it('has header errors that name the wrong fields', () => {
    expect(() => parseTableHeader({ ...smallHeader, rows: 0, licence: undefined, more: 1 }, 'small.json')).toThrow(
      /^small\.json: is not the header of a table: .*rows: got 0.*licence: got nothing.*more: got a field/,
    );
    expect(() => tableOf(smallRows, { ...header, space: 'nowhere' })).toThrow('got space "nowhere", wanted one of');
  });
});
