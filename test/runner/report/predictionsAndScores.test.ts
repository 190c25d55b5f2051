import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decimal, spreadText } from '../../../runner/progress/numbers.js';
import { predictionsPage } from '../../../runner/report/predictions.js';
import { scoresPage } from '../../../runner/report/scores.js';
import { predictionsCsv, scoreCorrelationsCsv, scoresCsv } from '../../../runner/report/tableCsv.js';
import { tableRunPage } from '../../../runner/report/tableRun.js';
import { rewriteReport } from '../../../runner/study/rewriteReport.js';
import type { PredictionResults, ScoreResults } from '../../../src/nas/tables/results.js';
import { examplePredictions, exampleScores, exampleTableRun, measured } from './exampleTables.js';
import { checkReport, frameOf, pathsOf } from './htmlCheck.js';

describe('the report of predictors', () => {
  const results = examplePredictions();

  it('shows every correlation of every predictor and draws its points', () => {
    const page = checkReport(predictionsPage(results));
    for (const { label, encoding, spearman, kendall } of results.predictors) {
      for (const shown of [label, encoding, spreadText(spearman, 3), spreadText(kendall, 3)])
        expect(page.text).toContain(shown);
    }
    expect(pathsOf(page, 'dots')).toHaveLength(results.predictors.length);
    expect(page.text).toMatch(/With 100 architectures to fit on, mlp \(one-hot\) ranks best/);
  });

  it('draws thousands of points as squares that keep the page small', () => {
    const many = predictionsPage(examplePredictions({ points: 15_000 }));
    const page = checkReport(many);
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
    checkReport(predictionsPage(partial));
  });
});

describe('the report of scores', () => {
  const results = exampleScores();

  it('shows every correlation with the published one, and marks differences of more than 0.1', () => {
    const page = checkReport(scoresPage(results));
    for (const { score, spearman, kendall } of results.correlations)
      for (const shown of [score, decimal(spearman, 2), decimal(kendall, 3)]) expect(page.text).toContain(shown);
    const flagged = page.elements.filter(({ attributes }) => attributes.get('class') === 'warning');
    expect(flagged).toHaveLength(1);
    expect(page.text).toMatch(
      /grad-norm differs by more than 0\.1 from the published value: its ρ is .* \(published: /,
    );
    expect(page.text).toContain('1 of 2 published correlations is met to 0.1');
    expect(pathsOf(page, 'dots')).toHaveLength(3);
  });

  it('ranks architectures by how many have a lower score', () => {
    const [first] = results.cells;
    const cells = [3, 1, 2].map((value, index) => ({
      ...first,
      index,
      accuracies: [{ measurement: measured('cifar10'), accuracy: 80 + index }],
      scores: { synflow: value },
    }));
    const correlations = results.correlations.filter(({ score }) => score === 'synflow');
    const drawn = checkReport(scoresPage({ ...results, cells, correlations }));
    const [d] = pathsOf(drawn, 'dots');
    const { width, height } = frameOf(drawn);
    // Shares 100, 0 and 50 % across; accuracies 80, 81, 82 up, with 6 % of 2 beyond both ends.
    const x = (share: number) => Math.round(width * share);
    const y = (accuracy: number) => Math.round((height * (82.12 - accuracy)) / 2.24);
    expect(d).toBe(`M${x(1)} ${y(80)}h0M0 ${y(81)}h0M${x(0.5)} ${y(82)}h0`);
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
    checkReport(scoresPage(partial));
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
