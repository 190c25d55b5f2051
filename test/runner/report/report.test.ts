import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal, percent, percentSpread } from '../../../runner/progress/numbers.js';
import { improvementText } from '../../../runner/report/improvement.js';
import { verdict } from '../../../runner/report/verdict.js';
import { writeReport } from '../../../runner/report/writeReport.js';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { summarise } from '../../../src/nas/transfer/statistics.js';
import { type ExampleOptions, exampleResults } from './exampleResults.js';
import { type CheckedPage, checkHtml, expectSelfContained, expectTextAlternatives } from './htmlCheck.js';

const folder = mkdtempSync(join(tmpdir(), 'nastransfer-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
async function report(results: StudyResults): Promise<{ page: CheckedPage; text: string; file(name: string): string }> {
  const target = join(folder, String(written++), 'made');
  const { html } = await writeReport(results, target);
  const text = readFileSync(html, 'utf8');
  return { page: checkHtml(text), text, file: (name) => readFileSync(join(target, name), 'utf8') };
}

describe('the report of a whole study', () => {
  const results = exampleResults({ targets: ['mnist', 'emoji'], name: 'A study' });
  let made: Awaited<ReturnType<typeof report>>;
  beforeAll(async () => {
    made = await report(results);
  });

  it('is a page, five files and a figure per target, and starts with the findings', () => {
    expect(readdirSync(join(folder, '0', 'made')).sort()).toEqual([
      'accuracies.csv',
      'correlations.csv',
      'curves.csv',
      'figures',
      'report.html',
      'summary.csv',
      'summary.json',
    ]);
    expect(readdirSync(join(folder, '0', 'made', 'figures')).sort()).toEqual([
      'accuracy-emoji.svg',
      'accuracy-mnist.svg',
    ]);
    expect(made.page.text).toContain(verdict(results));
    expect(made.page.text.indexOf(verdict(results))).toBeLessThan(made.page.text.indexOf('Accuracy on the target'));
  });

  it('loads nothing, runs nothing and links only within itself', () => {
    expectSelfContained(made.page);
  });

  it('shows every number of the summary, and has it unrounded in JSON and CSV', () => {
    const json = JSON.parse(made.page.raw.get('script')![0]);
    expect(json).toEqual(JSON.parse(made.file('summary.json')));
    expect(json.summary).toEqual(results.summary);
    expect(json.baselines).toEqual(results.baselines);
    const summary = made.file('summary.csv');
    for (const { accuracy, relativeImprovement: improvement } of results.summary.cells) {
      expect(made.page.text).toContain(percentSpread(accuracy));
      expect(summary).toContain(`${accuracy.mean},${accuracy.deviation},${accuracy.count}`);
      if (!improvement) continue;
      expect(made.page.text).toContain(improvementText(improvement));
      expect(summary).toContain(`${improvement.mean},${improvement.deviation},${improvement.standardError}`);
    }
    const correlations = made.file('correlations.csv');
    const { sourceRankCorrelation, searchToTargetCorrelation, targetRankCorrelation } = results.summary;
    for (const { tau, count } of [...sourceRankCorrelation, ...searchToTargetCorrelation, ...targetRankCorrelation!]) {
      expect(made.page.text).toContain(decimal(tau, 2));
      expect(correlations).toContain(`${tau ?? ''},${count}`);
    }
    for (const { chance, linear } of results.baselines) {
      expect(made.page.text).toContain(`linear classifier ${percent(linear)} %`);
      expect(made.page.text).toContain(`chance ${percent(chance)} %`);
      expect(summary).toContain(`${chance},${linear}`);
    }
  });

  it('has every job and every epoch in the CSV files', () => {
    const accuracies = made.file('accuracies.csv').split('\r\n');
    expect(accuracies).toHaveLength(results.jobs.length + 2);
    for (const [i, job] of results.jobs.entries()) expect(accuracies[i + 1]).toContain(`,${job.accuracy},${job.loss},`);
    const curves = made.file('curves.csv').split('\r\n');
    const points = [...results.jobs, ...results.searches].reduce((sum, run) => sum + run.epochs.length, 0);
    const evaluations = results.searches.reduce((sum, search) => sum + search.evaluations.length, 0);
    expect(curves).toHaveLength(points + evaluations + 2);
    expect(new Set(curves.slice(0, -1).map((line) => line.split(',').length))).toEqual(new Set([14]));
  });

  it('gives each picture a text alternative and each table headings', () => {
    const pictures = made.page.elements.filter((element) => element.attributes.get('role') === 'img');
    // Dot plots, cells and panels; axes and small bars beside their number are hidden from screen readers.
    expect(pictures.length).toBeGreaterThan(results.summary.cells.length);
    expectTextAlternatives(made.page);
  });

  it('shows each found cell, how often it was found, and its cost', () => {
    const found = new Set(results.searches.map((search) => search.architecture));
    for (const architecture of found) expect(made.page.text).toContain(architecture);
    expect(made.page.text).toContain(`${results.searches.length} searches found ${found.size} different architectures`);
    const graphs = made.page.elements.filter(
      ({ name, attributes }) => name === 'div' && attributes.get('class') === 'graph',
    );
    expect(graphs).toHaveLength(found.size);
    expect(made.page.text).toContain('no convolution: nothing in it learns');
  });

  it('states protocols, sources, adapter, versions, seeds, wall time and how to reproduce it', () => {
    for (const text of [
      'learning rate 0.1, momentum 0.9, nesterov yes, weight decay 0.0005, clip norm 5',
      ...results.sources.map((source) => source.description),
      ...results.targets.map((target) => target.description),
      results.adapter.name,
      results.adapter.driver,
      ...Object.values(results.versions),
      '0, 1, 2',
      '5 min 12 s',
      results.rerun!,
    ])
      expect(made.page.text).toContain(text);
  });
});

describe('the report of anything else', () => {
  const whole = exampleResults();
  const keepJobs = (keep: number): StudyResults => {
    const jobs = whole.jobs.slice(0, keep);
    return { ...whole, jobs, summary: summarise(jobs, whole.searches) };
  };
  const cases: [string, StudyResults | ExampleOptions][] = [
    ['no random method', { methods: ['evolution', 'darts'] }],
    ['only the random method', { methods: ['random'] }],
    ['one seed', { seeds: [7] }],
    ['one of everything', { methods: ['darts'], sources: ['emoji'], seeds: [0] }],
    ['one epoch', { epochs: 1 }],
    ['no epochs', { epochs: 0 }],
    ['a study interrupted', keepJobs(4)],
    ['searches only', keepJobs(0)],
    ['nothing done yet', { ...keepJobs(0), searches: [], baselines: [] }],
    ['no reference levels', { ...whole, baselines: [] }],
    ['a target that no longer is in the list', { ...whole, targets: [] }],
    ['another space', { ...whole, space: 'other' }],
    [
      'losses that are not finite, as numbers and as JSON has them',
      {
        ...whole,
        jobs: whole.jobs.map((job, i) => ({
          ...job,
          loss: i % 2 ? Number.NaN : (null as unknown as number),
          epochs: job.epochs.map((epoch) => ({
            ...epoch,
            trainLoss: i % 2 ? Number.NaN : (null as unknown as number),
          })),
        })),
      },
    ],
    [
      'accuracies that are all the same',
      (() => {
        const jobs = whole.jobs.map((job) => ({ ...job, accuracy: 0.5 }));
        return { ...whole, jobs, summary: summarise(jobs, whole.searches) };
      })(),
    ],
    [
      'networks that got nothing right',
      (() => {
        const jobs = whole.jobs.map((job) => ({ ...job, accuracy: 0 }));
        return { ...whole, jobs, summary: summarise(jobs, whole.searches) };
      })(),
    ],
  ];

  it.each(cases)('is a whole page too: %s', async (_, input) => {
    const results = 'format' in input ? input : exampleResults(input);
    const { page, text } = await report(results);
    expect(page.text).toContain(verdict(results));
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('escapes hostile names wherever they appear', async () => {
    const hostile = '<script>alert(1)</script>"\'&amp;\u0000';
    const results = exampleResults({
      name: hostile,
      methods: ['random', hostile],
      sources: [hostile, `${hostile}2`],
      targets: [hostile],
      seeds: [0, 1],
    });
    const { page, file } = await report({
      ...results,
      space: hostile,
      rerun: hostile,
      adapter: { name: hostile, driver: hostile, kind: hostile },
      versions: { [hostile]: hostile },
      searches: results.searches.map((search) => ({ ...search, architecture: hostile })),
    });
    // Read strictly, the page has one script, its data; the hostile text is text.
    expect(page.elements.filter((element) => element.name === 'script')).toHaveLength(1);
    expect(page.text).toContain('<script>alert(1)</script>"\'&amp;\ufffd');
    expect(JSON.parse(page.raw.get('script')![0]).name).toBe(hostile);
    expect(JSON.parse(file('summary.json')).name).toBe(hostile);
  });

  it('shows the cells found most often if there are very many', async () => {
    const { page } = await report(
      exampleResults({ methods: ['evolution'], seeds: Array.from({ length: 13 }, (_, i) => i) }),
    );
    expect(page.elements.filter(({ attributes }) => attributes.get('class') === 'cell')).toHaveLength(24);
    expect(page.text).toContain('2 further architectures, found as often or less often, are in the table of runs.');
  });

  it('is equal, byte for byte, when written twice', async () => {
    const [first, second] = [await report(exampleResults()), await report(exampleResults())];
    expect(second.text).toBe(first.text);
  });
});
