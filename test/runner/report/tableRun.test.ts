import { describe, expect, it } from 'vitest';
import { decimal, spreadText } from '../../../runner/progress/numbers.js';
import { improvementText } from '../../../runner/report/improvement.js';
import { tableRunPage } from '../../../runner/report/tableRun.js';
import { tableVerdict } from '../../../runner/report/tableVerdict.js';
import { spread } from '../../../src/nas/math/spread.js';
import type { TableRunResults } from '../../../src/nas/tables/results.js';
import { exampleTableRun, measured } from './exampleTables.js';
import { checkReport, frameOf, pathsOf } from './htmlCheck.js';

describe('the report of searches on a table', () => {
  const results = exampleTableRun();
  const text = tableRunPage(results);
  const page = checkReport(text);

  it('shows every accuracy, improvement, published row, correlation and hypervolume', () => {
    for (const { method, accuracy, relativeImprovement: improvement, published } of results.accuracies) {
      expect(page.text).toContain(method);
      expect(page.text).toContain(spreadText(accuracy, 2));
      if (improvement) expect(page.text).toContain(`${improvementText(improvement, 2)} %`);
      if (published) expect(page.text).toContain(`${decimal(published.mean, 2)} ± 0.30 (+0.05)`);
    }
    for (const { tau } of results.sourceRankCorrelation) expect(page.text).toContain(decimal(tau, 2));
    for (const { queries } of results.queriesToOptimum)
      if (queries) expect(page.text).toContain(spreadText(queries, 0));
    for (const { hypervolume } of results.hypervolumes) expect(page.text).toContain(spreadText(hypervolume, 4));
    for (const { label, accuracies } of results.references) {
      expect(page.text).toContain(label);
      for (const { accuracy } of accuracies) expect(page.text).toContain(decimal(accuracy, 2));
    }
    expect(page.text).toContain(tableVerdict(results));
    expect(page.text).toContain(results.rerun!);
    expect(page.text).toContain('population 10, tournament size 3');
  });

  it('has the numbers as data, except those in separate files', () => {
    const data = JSON.parse(page.raw.get('script')![0]);
    expect(data.references).toEqual(results.references);
    expect(data.accuracies[0].accuracy).toEqual(results.accuracies[0].accuracy);
    expect(data).not.toHaveProperty('searches');
    expect(data).not.toHaveProperty('curves');
  });

  it('draws the points of a curve at their coordinates', () => {
    const curve = {
      method: 'random',
      source: 'cifar10',
      measurement: measured('cifar10'),
      axis: 'queries' as const,
      x: [50, 100],
      mean: [90, 94],
      low: [90, 94],
      median: [90, 94],
      high: [90, 94],
    };
    const drawn = checkReport(tableRunPage({ ...results, curves: [curve], references: [] }));
    const [d] = pathsOf(drawn, 'curve');
    const { width, height } = frameOf(drawn);
    const [x1, y1, x2, y2] = d.match(/[\d.]+/g)!.map(Number);
    // Inside the frame, across 0 to 100 with 6 % more, up 90 to 94 with 6 % of 4 beyond both ends.
    expect(x1).toBeCloseTo((width * 50) / 106, 1);
    expect(x2).toBeCloseTo((width * 100) / 106, 1);
    expect(y1).toBeCloseTo((height * 4.24) / 4.48, 0);
    expect(y2).toBeCloseTo((height * 0.24) / 4.48, 0);
  });

  it('draws the front of every search, and that of the table as steps', () => {
    // Two sources, each with parameters and latency; the table's own front has parameters as its only cost.
    expect(pathsOf(page, 'dots series2')).toHaveLength(4);
    const [front] = pathsOf(page, 'front');
    expect(pathsOf(page, 'front')).toHaveLength(2);
    const corners = front
      .slice(1, -4)
      .split('L')
      .map((corner) => corner.split(' ').map(Number));
    expect(corners).toHaveLength(23);
    for (let i = 1; i < corners.length; i++) expect(corners[i][i % 2 ? 1 : 0]).toBe(corners[i - 1][i % 2 ? 1 : 0]);
  });

  it('draws single searches as dots, and hundreds as a histogram', () => {
    const shapes = (seeds: number, shape: string) =>
      checkReport(tableRunPage(exampleTableRun({ seeds }))).elements.filter(
        ({ attributes }) => attributes.get('class') === shape,
      ).length;
    expect(shapes(5, 'run')).toBe(3 * 2 * 5);
    expect(shapes(5, 'share')).toBe(0);
    expect(shapes(200, 'run')).toBe(0);
    expect(shapes(200, 'share')).toBeGreaterThan(3 * 2 * 5);
  });

  const empty: TableRunResults = {
    ...results,
    searches: [],
    accuracies: [],
    curves: [],
    queriesToOptimum: [],
    sourceRankCorrelation: [],
    setRankCorrelation: [],
    references: [],
    hypervolumes: [],
    tableFronts: [],
  };
  const { tableFronts, rerun, ...without } = results;
  const cases: [string, TableRunResults][] = [
    ['one seed', exampleTableRun({ seeds: 1 })],
    ['one method, source and seed', exampleTableRun({ methods: ['evolution'], sources: ['cifar10'], seeds: 1 })],
    ['no random search', exampleTableRun({ methods: ['evolution', 'nsga2'] })],
    ['only random search', exampleTableRun({ methods: ['random'] })],
    ['no published rows', exampleTableRun({ published: false })],
    ['no fronts', exampleTableRun({ fronts: false })],
    ['more methods than colours', exampleTableRun({ methods: Array.from({ length: 18 }, (_, i) => `method ${i}`) })],
    ['nothing done yet', empty],
    ['no limits and no command', { ...without, limits: {} }],
    [
      'no order defined',
      { ...results, sourceRankCorrelation: results.sourceRankCorrelation.map((row) => ({ ...row, tau: null })) },
    ],
    [
      'accuracies without the single values',
      { ...results, accuracies: results.accuracies.map(({ values, ...row }) => row) },
    ],
    [
      'accuracies that the table lacks, as JSON has them',
      {
        ...results,
        references: results.references.map((reference) => ({
          ...reference,
          accuracies: reference.accuracies.map((one) => ({ ...one, accuracy: null as unknown as number })),
        })),
      },
    ],
    ['a source of which nothing is known', { ...results, sources: [...results.sources, 'svhn'] }],
    [
      'curves of one point without seconds',
      {
        ...results,
        curves: results.curves.map((curve) => ({ ...curve, x: [0], mean: [90], low: [90], median: [90], high: [90] })),
      },
    ],
  ];

  it.each(cases)('is a whole page too: %s', (_, partial) => {
    expect(checkReport(tableRunPage(partial)).text).toContain(tableVerdict(partial));
  });

  it('escapes hostile names wherever they appear', () => {
    const hostile = '<script>alert(1)</script>"\'&amp;';
    const made = exampleTableRun({ methods: ['random', hostile], sources: [hostile, 'cifar10'], seeds: 2 });
    const { elements, text } = checkReport(
      tableRunPage({ ...made, table: hostile, space: hostile, rerun: hostile, versions: { [hostile]: hostile } }),
    );
    expect(elements.filter(({ name }) => name === 'script')).toHaveLength(1);
    expect(text).toContain(`Searches on ${hostile}`);
  });
});

describe('the verdict of searches on a table', () => {
  /** One source, the test accuracies of each method given. */
  function withValues(values: Record<string, readonly number[]>, published?: { mean: number; deviation: number }) {
    const methods = Object.keys(values);
    const made = exampleTableRun({ methods, sources: ['cifar10'], seeds: values[methods[0]].length, published: false });
    const accuracies = methods.map((method) => ({
      method,
      source: 'cifar10',
      measurement: measured('cifar10'),
      accuracy: spread(values[method]),
      ...(published ? { published: { ...published, source: 'A paper' } } : {}),
    }));
    return tableVerdict({ ...made, accuracies });
  }

  it('names the best method, and those that cannot be distinguished from it', () => {
    const verdict = withValues({ random: [90, 91, 92], evolution: [93, 93.1, 93.2], weaknas: [93.1, 93.2, 93.3] });
    expect(verdict).toContain(
      '3 methods searched the table nasbench201 on cifar10, 3 seeds each, within 100 evaluations and 12,000 s',
    );
    // Of the means, 0.1 apart, the standard error is sqrt(2) 0.1 / sqrt(3) = 0.08.
    expect(verdict).toContain(
      'weaknas leads with 93.20 ± 0.10 % cifar10 test accuracy; within two standard errors of it: evolution.',
    );
  });

  it('reports how many published rows are reproduced, and the largest difference', () => {
    const verdict = withValues({ random: [91, 92], evolution: [93, 94] }, { mean: 93.2, deviation: 0.4 });
    expect(verdict).toContain('1 of 2 published accuracies are met within one published standard deviation');
    expect(verdict).toContain('the largest difference is −1.70 points (random, cifar10 test)');
  });

  it('claims nothing from a single seed, and nothing from no results', () => {
    expect(withValues({ random: [91], evolution: [94] })).toMatch(/with a single seed, differences/);
    expect(tableVerdict({ ...exampleTableRun(), searches: [] })).toMatch(/^No search has finished yet/);
  });
});
