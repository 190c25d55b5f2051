import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareResults } from '../../bench/commands/compare.js';
import { list, parseOptions, pick, positive } from '../../bench/harness/options.js';
import { disagreement } from '../../bench/peers/check.js';
import { replaceSection, writeSection } from '../../bench/report/markdown.js';
import { type ResultFile, readResults, writeResults } from '../../bench/report/results.js';
import { geometricMean, growthExponent, judge, median, quantile, summarize } from '../../bench/report/statistics.js';
import { type Column, markdownTable, number, percent, textTable } from '../../bench/report/table.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = {
  adapter: 'adapter',
  driver: 'driver',
  processor: 'processor',
  cores: 2,
  date: '2025-01-01T00:00:00.000Z',
  loadAverage: 0,
  versions: { node: '20' },
};

describe('statistics of times', () => {
  it('take the middle of an odd and the mean of the two middle ones of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('give quartiles linear between order statistics, as R and NumPy do by default', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([10, 20, 30, 40, 50], 0.75)).toBe(40);
  });

  it('give the median distance from the median, which one outlier does not change', () => {
    expect(summarize([10, 11, 12, 13, 1000]).mad).toBe(1);
  });

  it('keep quartiles in order around the median', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { minimum, lowerQuartile, median, upperQuartile } = summarize(values);
        return minimum <= lowerQuartile && lowerQuartile <= median && median <= upperQuartile;
      }),
    );
  });

  it('refuse an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => geometricMean([])).toThrow(RangeError);
  });

  it('give the geometric mean of ratios, in which twice and half cancel', () => {
    expect(geometricMean([2, 0.5, 8, 0.125])).toBeCloseTo(1, 12);
  });

  it('find the exponent with which a cost grows', () => {
    expect(growthExponent([1, 2, 4, 8].map((x) => ({ x, y: 3 * x ** 1.5 })))).toBeCloseTo(1.5, 10);
  });
});

describe('the comparison of two runs', () => {
  const around = (middle: number, spread: number) => summarize([middle - spread, middle, middle + spread]);

  it('reports a difference beyond three combined deviations', () => {
    expect(judge(around(100, 1), around(80, 1))).toBe('faster');
    expect(judge(around(80, 1), around(100, 1))).toBe('slower');
  });

  it('ignores a difference within the spread of either run', () => {
    expect(judge(around(100, 10), around(80, 1))).toBe('within noise');
    expect(judge(around(100, 1), around(80, 10))).toBe('within noise');
  });

  it('ignores a difference below a twentieth, even for stable runs', () => {
    expect(judge(around(100, 0), around(96, 0))).toBe('within noise');
    expect(judge(around(100, 0), around(94, 0))).toBe('faster');
  });

  it('makes no statement about one or two runs', () => {
    expect(judge(summarize([100, 101]), around(10, 1))).toBe('too few runs');
  });
});

describe('the comparison of two files', () => {
  const file = (...rows: [string, string, number][]): ResultFile => ({
    command: 'steps',
    environment,
    rows: rows.map(([workload, contender, time]) => ({ workload, contender, time: summarize([time, time, time]) })),
  });

  it('compares each contender with itself', () => {
    const a = file(['x', 'nastransfer', 10], ['x', 'tfjs', 100], ['only here', 'nastransfer', 1]);
    const b = file(['x', 'nastransfer', 5], ['x', 'tfjs', 200]);
    expect(compareResults(a, b).map(({ contender, ratio, verdict }) => [contender, ratio, verdict])).toEqual([
      ['nastransfer', 0.5, 'faster'],
      ['tfjs', 2, 'slower'],
    ]);
  });

  it('compares every pair if the files have no contender in common', () => {
    const a = file(['x', 'nastransfer', 10]);
    const b = file(['x', 'pytorch eager', 5], ['x', 'pytorch compiled', 2]);
    expect(compareResults(a, b).map(({ contender, ratio }) => [contender, ratio])).toEqual([
      ['nastransfer, pytorch eager', 0.5],
      ['nastransfer, pytorch compiled', 0.2],
    ]);
  });

  it('omits workloads without a time', () => {
    const failed: ResultFile = {
      command: 'steps',
      environment,
      rows: [{ workload: 'x', contender: 'a', remark: 'no' }],
    };
    expect(compareResults(failed, file(['x', 'a', 1]))).toEqual([]);
  });

  it('reads what was written, and refuses another file', () => {
    const path = join(folder, 'results.json');
    const results = file(['x', 'nastransfer', 10]);
    writeResults(path, results);
    expect(readResults(path)).toEqual(results);
    expect(() => readResults(join(import.meta.dirname, '../../package.json'))).toThrow('has no rows and adapter');
  });
});

describe('a section of a document', () => {
  const document = '# Title\n\n<!-- a -->\n\nold\n\n<!-- /a -->\n\nbetween\n\n<!-- b -->\nkept\n<!-- /b -->\n';

  it('is replaced between its markers, and nothing else is', () => {
    const replaced = replaceSection(document, 'a', 'new\n');
    expect(replaced).toBe(document.replace('old', 'new'));
    expect(replaceSection(replaced, 'a', 'new')).toBe(replaced);
  });

  it('takes text with replacement patterns as it is', () => {
    expect(replaceSection(document, 'a', '$& $1')).toBe(document.replace('old', () => '$& $1'));
  });

  it('is added if there is none', () => {
    expect(replaceSection('# Title\n', 'c', 'new')).toBe('# Title\n\n<!-- c -->\n\nnew\n\n<!-- /c -->\n');
  });

  it('must end', () => {
    expect(() => replaceSection('<!-- a --> text', 'a', 'new')).toThrow('no <!-- /a --> after it');
  });

  it('is written into a new file', () => {
    const path = join(folder, 'new.md');
    writeSection(path, 'a', 'one');
    writeSection(path, 'a', 'two');
    expect(readFileSync(path, 'utf8')).toBe('<!-- a -->\n\ntwo\n\n<!-- /a -->\n');
  });
});

describe('a table', () => {
  const columns: readonly Column<{ name: string; value: number }>[] = [
    { head: 'name', align: 'left', cell: ({ name }) => name },
    { head: 'ms', cell: ({ value }) => number(value) },
  ];
  const rows = [
    { name: 'short', value: 1.234 },
    { name: 'a longer name', value: 56789 },
  ];

  it('aligns words left and numbers right', () => {
    expect(textTable(columns, rows)).toEqual(['name              ms', 'short           1.23', 'a longer name  56789']);
  });

  it('is Markdown with the same alignment', () => {
    expect(markdownTable(columns, rows).slice(0, 3)).toEqual([
      '| name          |    ms |',
      '| ------------- | ----: |',
      '| short         |  1.23 |',
    ]);
  });

  it('shows three digits of a number, and nothing for a missing number', () => {
    expect([0.01234, 1.5, 15.678, 1234.5, 0, undefined].map(number)).toEqual([
      '0.0123',
      '1.50',
      '15.7',
      '1235',
      '0',
      '',
    ]);
    expect([0.5, 0.0123, undefined].map(percent)).toEqual(['50%', '1.2%', '']);
  });
});

describe('options of a command', () => {
  it('have defaults, the common ones and its own', () => {
    expect(parseOptions([], { repeats: 7, own: { limit: '60' } })).toMatchObject({ only: [], repeats: 7, limit: '60' });
  });

  it('are read from arguments', () => {
    const options = parseOptions(['--only', 'a,b', '--repeats', '3', '--json', 'f.json', '--adapter', 'lavapipe'], {
      repeats: 7,
    });
    expect(options).toMatchObject({ only: ['a', 'b'], repeats: 3, json: 'f.json', adapter: 'lavapipe' });
  });

  it('are refused if they are unknown, not a number, or not part of a name', () => {
    expect(() => parseOptions(['--fast'], { repeats: 1 })).toThrow("Unknown option '--fast'");
    expect(() => positive('--limit', 'soon')).toThrow('--limit: got soon, wanted a number above 0');
    expect(() => pick([{ name: 'conv' }], ['pool'])).toThrow('--only: got pool, wanted parts of conv');
  });

  it('select workloads by any of the parts', () => {
    expect(pick([{ name: 'conv' }, { name: 'pool' }, { name: 'relu' }], list('on,re'))).toEqual([
      { name: 'conv' },
      { name: 'relu' },
    ]);
  });
});

describe("the check of a contender's results", () => {
  const ours = [Float32Array.of(1, -100, 3), Float32Array.of(5)];

  it('accepts differences due to the order of summation', () => {
    expect(disagreement([[1.05, -100, 3], [5]], ours)).toBeUndefined();
  });

  it('reports the first result that differs by more than a thousandth of its largest magnitude', () => {
    expect(disagreement([[1, -100, 3], [5.1]], ours)).toBe('result 1 differs by 2.0e-2 of its largest magnitude');
  });

  it('finds swapped elements, which have the same sum', () => {
    expect(disagreement([[3, -100, 1], [5]], ours)).toContain('result 0 differs');
  });

  it('rejects values that are not numbers', () => {
    expect(disagreement([[Number.NaN, -100, 3], [5]], ours)).toContain('result 0 differs by Infinity');
  });

  it('reports missing results and elements', () => {
    expect(disagreement([[1, -100, 3]], ours)).toBe('1 results, ours are 2');
    expect(disagreement([[1, -100], [5]], ours)).toBe('result 0 has 2 elements, ours 3');
  });
});
