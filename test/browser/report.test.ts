import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contrast } from '../../runner/report/colour.js';
import { reportPage } from '../../runner/report/page.js';
import { predictionsPage } from '../../runner/report/predictions.js';
import { scoresPage } from '../../runner/report/scores.js';
import { tableRunPage } from '../../runner/report/tableRun.js';
import { noBundle } from '../engine/device/bundle.js';
import { judgedResults } from '../runner/report/exampleJudged.js';
import { exampleResults } from '../runner/report/exampleResults.js';
import { withEqualShares } from '../runner/report/exampleShares.js';
import { examplePredictions, exampleScores, exampleTableRun } from '../runner/report/exampleTables.js';
import { launchChromium } from './chromium.js';

if (noBundle !== undefined)
  console.warn(`skipped: the layout of reports in a browser: ${noBundle}; run it on such a machine`);

const genotypes = () =>
  JSON.parse(readFileSync(new URL('../../docs/studies/darts-transfer/results.json', import.meta.url), 'utf8'));
const longNames = ['random', 'regularized-evolution, population 100, tournament 25', 'nsga2', 'bohb-published'];

const REPORTS: Record<string, () => string | Promise<string>> = {
  'a study': () => reportPage(exampleResults({ targets: ['mnist', 'emoji'] })),
  'a study with many names': () =>
    reportPage(
      exampleResults({ methods: longNames, sources: ['emoji', 'half-of-the-digits-random-labels'], epochs: 200 }),
    ),
  'a study of one run': () => reportPage(exampleResults({ methods: ['darts'], sources: ['emoji'], seeds: [0] })),
  'a study with shares of operations': () => reportPage(withEqualShares()),
  'a study with genotypes': () => reportPage(genotypes()),
  'a judged study': () => reportPage(judgedResults()),
  'searches on a table': () => tableRunPage(exampleTableRun()),
  'searches on a table with many names': () => tableRunPage(exampleTableRun({ methods: longNames, seeds: 80 })),
  predictors: () => predictionsPage(examplePredictions()),
  scores: () => scoresPage(exampleScores()),
};

/** Descriptions of faults in the layout of a page. */
function layoutProblems(): string[] {
  const problems: string[] = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > window.innerWidth) problems.push(`the page is ${scrollWidth} px wide`);
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.parentElement!.closest('svg')) continue;
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const section = svg.closest('section')!.id;
    const texts = [...svg.querySelectorAll('text')]
      .map((text) => ({
        text: text.textContent,
        scale: text.getScreenCTM()!.a,
        style: getComputedStyle(text),
        box: text.getBoundingClientRect(),
      }))
      .filter(({ text, box }) => text.trim() !== '' && box.width > 0);
    for (const [i, { text, box, scale, style }] of texts.entries()) {
      const beyond = Math.max(
        frame.left - box.left,
        box.right - frame.right,
        frame.top - box.top,
        box.bottom - frame.bottom,
      );
      if (beyond > 0.5) problems.push(`${section}: "${text}" is cut off by ${beyond.toFixed(1)} px`);
      const size = Number.parseFloat(style.fontSize) * scale;
      if (size < 9.9) problems.push(`${section}: "${text}" is ${size.toFixed(1)} px high`);
      // Boxes are a line high: some of it is empty above and below the letters.
      const other = texts
        .slice(0, i)
        .find(
          ({ box: one }) =>
            box.left < one.right - 0.5 &&
            one.left < box.right - 0.5 &&
            box.top < one.bottom - 2 &&
            one.top < box.bottom - 2,
        );
      if (other) problems.push(`${section}: "${text}" overlaps "${other.text}"`);
    }
  }
  return problems;
}

/** The colours of the texts in pictures, with those behind them. */
function textColours(): [colour: string, behind: string][] {
  const pairs = [...document.querySelectorAll('svg text')].map((text): [string, string] => [
    getComputedStyle(text).fill,
    getComputedStyle(text.closest('.cell') ?? document.body).backgroundColor,
  ]);
  return [...new Map(pairs.map((pair) => [pair.join(), pair])).values()];
}

function rgb(colour: string): [number, number, number] {
  return colour.match(/\d+/g)!.slice(0, 3).map(Number) as [number, number, number];
}

describe.skipIf(noBundle !== undefined)('the report in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  async function onPage<T>(html: string, width: number, scheme: 'light' | 'dark', look: (page: Page) => Promise<T>) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
    await page.setContent(html);
    for (const details of await page.$$('details'))
      await details.evaluate((element) => element.setAttribute('open', ''));
    const seen = await look(page);
    await page.close();
    return seen;
  }

  for (const [name, make] of Object.entries(REPORTS)) {
    it.each([360, 700, 1280])(
      `of ${name} cuts off no label and needs no scrolling to the side on %i px`,
      async (width) => {
        const problems = await onPage(await make(), width, 'light', (page) => page.evaluate(layoutProblems));
        expect(problems).toEqual([]);
      },
    );

    it(`of ${name} has labels that can be read in light and dark`, async () => {
      const html = await make();
      for (const scheme of ['light', 'dark'] as const) {
        const colours = await onPage(html, 1280, scheme, (page) => page.evaluate(textColours));
        expect(colours.length).toBeGreaterThan(0);
        for (const [colour, behind] of colours)
          expect(contrast(rgb(colour), rgb(behind)), `${colour} on ${behind}, ${scheme}`).toBeGreaterThanOrEqual(4.5);
      }
    });
  }
});
