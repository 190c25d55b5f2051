import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { improvementText } from '../../../runner/report/improvement.js';
import { decimal, spreadText } from '../../../runner/report/numbers.js';
import { predictionsPage } from '../../../runner/report/predictions.js';
import { rewriteReport } from '../../../runner/report/rewrite.js';
import { scoresPage } from '../../../runner/report/scores.js';
import { predictionsCsv, scoreCorrelationsCsv, scoresCsv } from '../../../runner/report/tableCsv.js';
import { tableRunPage } from '../../../runner/report/tableRun.js';
import { tableVerdict } from '../../../runner/report/tableVerdict.js';
import type { PredictionResults, ScoreResults, TableRunResults } from '../../../src/nas/tables/results.js';
import { spread } from '../../../src/nas/transfer/spread.js';
import { examplePredictions, exampleScores, exampleTableRun, measured } from './exampleTables.js';
import { type CheckedPage, checkHtml } from './htmlCheck.js';

/** Reads a page strictly, and looks that it loads and runs nothing, and that no number is missing in it. */
function checked(text: string): CheckedPage {
  const page = checkHtml(text);
  for (const { name, attributes } of page.elements) {
    expect(['link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'image', 'use']).not.toContain(name);
    for (const [key, value] of attributes) {
      expect(key).not.toMatch(/^(src|srcset|on\w+|xlink:href|action|data)$/);
      if (key === 'href') expect(value).toMatch(/^#\w/);
      expect(value).not.toMatch(/url\(|javascript:|^(https?:)?\/\//i);
    }
    if (name === 'script') expect(attributes.get('type')).toBe('application/json');
    if (attributes.get('role') === 'img') expect(attributes.get('aria-label')).toMatch(/\w/);
  }
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  return page;
}

function pathsOf(page: CheckedPage, kind: string): string[] {
  return page.elements
    .filter(({ name, attributes }) => name === 'path' && attributes.get('class') === kind)
    .map(({ attributes }) => attributes.get('d')!);
}

describe('the report of searches on a table', () => {
  const results = exampleTableRun();
  const text = tableRunPage(results);
  const page = checked(text);

  it('shows every accuracy, improvement, published row, correlation and hypervolume', () => {
    for (const { method, accuracy, relativeImprovement: improvement, published } of results.accuracies) {
      expect(page.text).toContain(method);
      expect(page.text).toContain(spreadText(accuracy, 2));
      if (improvement) expect(page.text).toContain(`${improvementText(improvement, 2)} %`);
      if (published) expect(page.text).toContain(`published ${decimal(published.mean, 2)} ± 0.30 (+0.05)`);
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

  it('has the numbers as data, without what fills files of their own', () => {
    const data = JSON.parse(page.raw.get('script')![0]);
    expect(data.references).toEqual(results.references);
    expect(data.accuracies[0].accuracy).toEqual(results.accuracies[0].accuracy);
    expect(data).not.toHaveProperty('searches');
    expect(data).not.toHaveProperty('curves');
  });

  it('puts the points of a curve where the axes say', () => {
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
    const [d] = pathsOf(checked(tableRunPage({ ...results, curves: [curve], references: [] })), 'curve');
    const [x1, y1, x2, y2] = d.match(/[\d.]+/g)!.map(Number);
    // 410 x 210 inside the frame; across 0 to 100 with 6 % more, up 90 to 94 with 6 % of 4 beyond both ends.
    expect(x1).toBeCloseTo((410 * 50) / 106, 1);
    expect(x2).toBeCloseTo((410 * 100) / 106, 1);
    expect(y1).toBeCloseTo((210 * 4.24) / 4.48, 0);
    expect(y2).toBeCloseTo((210 * 0.24) / 4.48, 0);
  });

  it('draws the front of every search, and that of the table as steps', () => {
    // Two sources, each with parameters and latency; the table's own front knows parameters alone in its objectives.
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
      checked(tableRunPage(exampleTableRun({ seeds }))).elements.filter(
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
    expect(checked(tableRunPage(partial)).text).toContain(tableVerdict(partial));
  });

  it('escapes hostile names wherever they appear', () => {
    const hostile = '<script>alert(1)</script>"\'&amp;';
    const made = exampleTableRun({ methods: ['random', hostile], sources: [hostile, 'cifar10'], seeds: 2 });
    const { elements, text } = checked(
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

  it('tells who leads, and who can not be told from it', () => {
    const verdict = withValues({ random: [90, 91, 92], evolution: [93, 93.1, 93.2], weaknas: [93.1, 93.2, 93.3] });
    expect(verdict).toContain(
      '3 methods searched the table nasbench201 on cifar10, 3 seeds each, within 100 evaluations and 12,000 s',
    );
    // Of the means, 0.1 apart, the standard error is sqrt(2) 0.1 / sqrt(3) = 0.08.
    expect(verdict).toContain(
      'weaknas leads with 93.20 ± 0.10 % cifar10 test accuracy; within two standard errors of it: evolution.',
    );
  });

  it('tells how many published rows are met, and the largest difference', () => {
    const verdict = withValues({ random: [91, 92], evolution: [93, 94] }, { mean: 93.2, deviation: 0.4 });
    expect(verdict).toContain('1 of 2 published accuracies are met within one published standard deviation');
    expect(verdict).toContain('the largest difference is −1.70 points (random, cifar10 test)');
  });

  it('claims nothing from a single seed, and nothing from nothing', () => {
    expect(withValues({ random: [91], evolution: [94] })).toMatch(/with a single seed, no difference/);
    expect(tableVerdict({ ...exampleTableRun(), searches: [] })).toMatch(/^No search has been done yet/);
  });
});

describe('the report of predictors', () => {
  const results = examplePredictions();

  it('shows every correlation of every predictor and draws its points', () => {
    const page = checked(predictionsPage(results));
    for (const { label, encoding, spearman, kendall } of results.predictors) {
      for (const shown of [label, encoding, spreadText(spearman, 3), spreadText(kendall, 3)])
        expect(page.text).toContain(shown);
    }
    expect(pathsOf(page, 'dots')).toHaveLength(results.predictors.length);
    expect(page.text).toMatch(/With 100 architectures to fit on, mlp, one-hot ranks best/);
  });

  it('draws thousands of points as squares that keep the page small', () => {
    const many = predictionsPage(examplePredictions({ points: 15_000 }));
    const page = checked(many);
    expect(pathsOf(page, 'dots')).toHaveLength(0);
    expect(page.elements.filter(({ attributes }) => attributes.get('class') === 'bins')).toHaveLength(6);
    expect(many.length).toBeLessThan(200_000);
  });

  it.each<[string, PredictionResults]>([
    ['one seed and one size', examplePredictions({ seeds: 1, sizes: [50] })],
    ['no points', examplePredictions({ points: 0 })],
    ['one point', examplePredictions({ points: 1 })],
    ['nothing done yet', { ...results, predictors: [] }],
  ])('is a whole page too: %s', (_, partial) => {
    checked(predictionsPage(partial));
  });
});

describe('the report of scores', () => {
  const results = exampleScores();

  it('shows every correlation beside the published one, and points out what differs by more than 0.1', () => {
    const page = checked(scoresPage(results));
    for (const { score, spearman, kendall } of results.correlations)
      for (const shown of [score, decimal(spearman, 2), decimal(kendall, 3)]) expect(page.text).toContain(shown);
    const flagged = page.elements.filter(({ attributes }) => attributes.get('class') === 'warning');
    expect(flagged).toHaveLength(1);
    expect(page.text).toMatch(/grad-norm has a Spearman's ρ of .* where .* was published/);
    expect(page.text).toContain('1 of 2 published correlations is met to 0.1');
    expect(pathsOf(page, 'dots')).toHaveLength(3);
  });

  it('places architectures by how many have a lower score', () => {
    const [first] = results.cells;
    const cells = [3, 1, 2].map((value, index) => ({
      ...first,
      index,
      accuracies: [{ measurement: measured('cifar10'), accuracy: 80 + index }],
      scores: { synflow: value },
    }));
    const correlations = results.correlations.filter(({ score }) => score === 'synflow');
    const [d] = pathsOf(checked(scoresPage({ ...results, cells, correlations })), 'dots');
    // Shares 100, 0 and 50 % across 218; accuracies 80, 81, 82 over 170, with 6 % of 2 beyond both ends.
    const y = (accuracy: number) => Math.round((170 * (82.12 - accuracy)) / 2.24);
    expect(d).toBe(`M218 ${y(80)}h0M0 ${y(81)}h0M109 ${y(82)}h0`);
  });

  it.each<[string, ScoreResults]>([
    ['no table', exampleScores({ table: false })],
    ['two architectures', exampleScores({ cells: 2 })],
    ['nothing done yet', { ...results, cells: [], correlations: [] }],
    [
      'no correlation defined',
      { ...results, correlations: results.correlations.map((row) => ({ ...row, spearman: null, kendall: null })) },
    ],
    ['thousands of architectures', exampleScores({ cells: 3000 })],
  ])('is a whole page too: %s', (_, partial) => {
    checked(scoresPage(partial));
  });
});

describe('CSV of predictors and scores', () => {
  it('has a line for each predictor, for each score of each architecture and for each correlation', () => {
    const predictions = examplePredictions();
    const scores = exampleScores();
    const lines = (text: string) => text.split('\r\n').slice(0, -1);
    expect(lines(predictionsCsv(predictions))).toHaveLength(1 + predictions.predictors.length);
    expect(predictionsCsv(predictions)).toContain(`,400,${predictions.predictors[1].spearman.mean},`);
    expect(lines(scoresCsv(scores))).toHaveLength(1 + 3 * scores.cells.length);
    expect(lines(scoresCsv(scores))[2]).toBe(`cell 0,0,naswot,,${scores.cells[0].seconds.naswot}`);
    expect(lines(scoreCorrelationsCsv(scores))).toHaveLength(4);
    expect(scoreCorrelationsCsv(scores)).toContain(`,${scores.correlations[1].spearman},`);
  });
});

describe('rewriteReport', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  function folderWith(files: Record<string, unknown>): string {
    const folder = mkdtempSync(join(tmpdir(), 'nastransfer-rewrite-'));
    folders.push(folder);
    for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(data));
    return folder;
  }

  it.each<[string, unknown, string]>([
    ['table-run.json', exampleTableRun(), tableRunPage(exampleTableRun())],
    ['predictions.json', examplePredictions(), predictionsPage(examplePredictions())],
    ['scores.json', exampleScores(), scoresPage(exampleScores())],
  ])('writes the page that %s makes', async (name, results, page) => {
    const { html } = await rewriteReport(folderWith({ [name]: results }));
    expect(readFileSync(html, 'utf8')).toBe(page);
  });

  it('refuses results of several kinds, of another kind, and folders without any', async () => {
    const both = folderWith({ 'table-run.json': exampleTableRun(), 'scores.json': exampleScores() });
    await expect(rewriteReport(both)).rejects.toThrow('got table-run.json and scores.json, wanted results of one kind');
    const other = folderWith({ 'scores.json': exampleTableRun() });
    await expect(rewriteReport(other)).rejects.toThrow('kind "table-run", wanted format 1 and kind "scores"');
    await expect(rewriteReport(folderWith({}))).rejects.toThrow('results.json: is not there');
  });
});
