import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultTable } from '../../../runner/commands/verbs/studyOutput.js';
import { decimal, percent, percentSpread } from '../../../runner/progress/numbers.js';
import type { Output } from '../../../runner/progress/output.js';
import { dotFigureFile } from '../../../runner/report/dotFigure.js';
import { writeReport } from '../../../runner/report/writeReport.js';
import { judgedResults } from './exampleJudged.js';
import { type CheckedPage, checkHtml, expectSelfContained, expectTextAlternatives } from './htmlCheck.js';

const folder = mkdtempSync(join(tmpdir(), 'nastransfer-judged-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the report of a study evaluated on a table', () => {
  const results = judgedResults();
  let page: CheckedPage;
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeAll(async () => {
    const { html } = await writeReport(results, folder);
    page = checkHtml(readFileSync(html, 'utf8'));
  });

  it('is a self-contained page, with a text alternative for each picture', () => {
    expectSelfContained(page);
    expectTextAlternatives(page);
  });

  it('shows regret, share of better cells and distance from the mean of every method, source and target', () => {
    for (const cell of results.summary.judged!) {
      expect(page.text).toContain(percentSpread(cell.regret));
      expect(page.text).toContain(decimal(cell.better.mean, 1));
      expect(page.text).toContain(decimal(Math.abs(cell.overRandomMean.mean), 1));
    }
    expect(page.text).toContain('95.00');
    expect(page.text).toContain('60.00 ± 5.00');
    expect(page.text).toContain('Skip connections of the architectures found');
    expect(page.text).not.toContain('Training from scratch on');
    expect(page.text).not.toContain('NaN');
    expect(page.text).not.toContain('undefined');
  });

  it('reports the best relative to the references, and does not call a complete study incomplete', () => {
    expect(page.text).toMatch(
      /On cifar10 the highest .* optimum 95\.0 %, random-mean 60\.0 %; on average [\d.]+ % of the thousand cells/,
    );
    expect(page.text).not.toContain('the study is not complete');
  });

  it('has the numbers unrounded in CSV files, one line each', () => {
    const judged = file('judged.csv').trimEnd().split('\r\n');
    expect(judged).toHaveLength(1 + results.summary.judged!.length);
    results.summary.judged!.forEach(({ regret }, i) => {
      expect(judged[i + 1]).toContain(`,${regret.mean},${regret.deviation},`);
    });
    expect(file('references.csv').trimEnd().split('\r\n')).toHaveLength(1 + results.references!.length);
  });

  it('has a self-contained figure per target: every run, every mean and the references', () => {
    const svg = file(join('figures', 'accuracy-cifar10.svg'));
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    const jobs = results.jobs.filter(({ target }) => target === 'cifar10');
    const sources = new Set(jobs.map(({ source }) => source));
    expect(svg.match(/<circle /g)).toHaveLength(jobs.length + sources.size);
    for (const cell of results.summary.cells.filter(({ target }) => target === 'cifar10'))
      expect(svg).toContain(`${cell.method} from ${cell.source}: ${percentSpread(cell.accuracy)} %`);
    for (const { name, accuracy } of results.references!) expect(svg).toContain(`${name} ${percent(accuracy)}`);
    expect(svg).not.toContain('hollow');
    const hostile = file(join('figures', 'accuracy-a-b-c.svg'));
    expect(hostile).toContain('a &lt;b&gt; &amp; c');
    expect(hostile).not.toContain('<b>');
  });

  it('draws a collapsed cell hollow at the edge of the axis rather than compressing the others', () => {
    const [first, ...others] = results.jobs;
    const svg = dotFigureFile({ ...results, jobs: [{ ...first, accuracy: 0.1 }, ...others] }, 'cifar10');
    expect(svg.match(/class="below"/g)).toHaveLength(1);
    expect(svg).toContain('(hollow dots lie below the axis)');
    const places = [...svg.matchAll(/<circle(?: class="below")? cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(Math.min(...places.slice(0, others.length / 2))).toBeGreaterThanOrEqual(150);
  });

  it('has regret and share of better cells in the table that the command prints', () => {
    const text = resultTable(results, { colours: picocolors.createColors(false), columns: 200 } as Output);
    expect(text).toContain('better %');
    for (const cell of results.summary.judged!) expect(text).toContain(percentSpread(cell.regret));
  });
});
