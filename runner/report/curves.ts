import type { EpochRecord } from '../../src/nas/records/index.js';
import type { SearchJob, StudyResults, TransferJob } from '../../src/nas/transfer/index.js';
import { percent } from '../progress/numbers.js';
import { html, type Markup } from './html.js';
import { FONT_SIZE, LABEL_GAP, leftMargin, margins, spaced, spacedUpright, textWidth } from './labels.js';
import { type Scale, scaleOver } from './scale.js';
import { unique } from './studyCells.js';

/** Longer curves are thinned to this many points. */
const MOST_POINTS = 150;

const PLOT = { width: 264, lossTop: 22, accuracyTop: 134, height: 84, bottom: 238, after: 8 } as const;

/** A run, drawn in the colour of its seed. */
interface Run {
  readonly seed: number;
  readonly epochs: readonly EpochRecord[];
  /** Accuracy on the test images after the last epoch. */
  readonly testAccuracy?: number;
}

/** Loss and accuracy of every training on one target, epoch by epoch, a panel for each method and source. */
export function trainingCurves(results: StudyResults, target: string): Markup {
  const jobs = results.jobs.filter((job) => job.target === target);
  return panels(jobs, results.seeds, (job: TransferJob) => ({
    seed: job.seed,
    epochs: job.epochs,
    testAccuracy: job.accuracy,
  }));
}

/** Loss and accuracy of searches that train a supernet; null when there is none. */
export function supernetCurves(results: StudyResults): Markup | null {
  const searches = results.searches.filter((search) => search.epochs.length > 0);
  if (searches.length === 0) return null;
  return panels(searches, results.seeds, (search: SearchJob) => ({ seed: search.seed, epochs: search.epochs }));
}

/** Legend: colours of seeds, and line styles of values. */
export function curvesLegend(seeds: readonly number[]): Markup {
  return html`<p class="legend-row">${seeds.map((seed, i) => html`<span class="legend"><span class="key line series${i % 8}"></span> seed ${seed}</span> `)}<span class="legend"><span class="key line"></span> training</span> <span class="legend"><span class="key line dashed"></span> validation</span> <span class="legend"><span class="key ring"></span> test, after the last epoch</span></p>`;
}

function panels<T extends { method: string; source: string }>(
  items: readonly T[],
  seeds: readonly number[],
  runOf: (item: T) => Run,
): Markup {
  const runs = items.map(runOf);
  const epochs = runs.flatMap((run) => run.epochs);
  const losses = epochs.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss ?? Number.NaN]);
  const accuracies = epochs.flatMap(({ trainAccuracy, validationAccuracy }) => [
    trainAccuracy,
    validationAccuracy ?? Number.NaN,
  ]);
  // One scale for all panels, so that they can be compared.
  const axes = axesOf(
    scaleOver(
      epochs.map((record) => record.epoch),
      4,
    ),
    scaleOver(losses.filter(isNumber), 5, { min: 0 }),
    scaleOver([...accuracies, ...runs.map((run) => run.testAccuracy ?? Number.NaN)].filter(isNumber), 5, {
      min: 0,
      max: 1,
    }),
  );
  const methods = unique(items.map((item) => item.method));
  const groups = unique(items.map((item) => item.source)).flatMap((source) =>
    methods.map((method) => items.filter((item) => item.method === method && item.source === source)),
  );
  return html`<div class="panels" style="--columns:${methods.length === 3 ? 3 : 4}">${groups
    .filter((group) => group.length > 0)
    .map(
      (group) => html`
<figure class="panel"><figcaption><b>${group[0].method}</b> from ${group[0].source}</figcaption>${panel(group.map(runOf), seeds, axes)}</figure>`,
    )}</div>`;
}

interface Label {
  readonly value: number;
  readonly text: string;
}

interface UprightAxis {
  readonly scale: Scale;
  readonly labels: readonly Label[];
}

interface Axes {
  readonly epoch: Scale;
  readonly epochLabels: readonly Label[];
  readonly loss: UprightAxis;
  readonly accuracy: UprightAxis;
  /** Ends of the frames. */
  readonly left: number;
  readonly right: number;
}

function axesOf(epoch: Scale, loss: Scale, accuracy: Scale): Axes {
  const losses = upright(loss, (tick) => tick.toFixed(loss.digits));
  const accuracies = upright(accuracy, (tick) => percent(tick, Math.max(0, accuracy.digits - 2)));
  const whole = epoch.ticks.filter(Number.isInteger);
  const below = whole.map((tick) => ({ at: epoch.at(tick), width: textWidth(String(tick), FONT_SIZE) }));
  const texts = [...losses.labels, ...accuracies.labels].map(({ text }) => text);
  const { before, after } = margins(below, PLOT.width, { before: leftMargin(texts, FONT_SIZE), after: PLOT.after });
  const [left, right] = [before, PLOT.width - after];
  const isShown = spaced(below, right - left);
  return {
    epoch,
    epochLabels: whole.filter((_, i) => isShown[i]).map((tick) => ({ value: tick, text: String(tick) })),
    loss: losses,
    accuracy: accuracies,
    left,
    right,
  };
}

function upright(scale: Scale, textOf: (tick: number) => string): UprightAxis {
  const isShown = spacedUpright(scale.ticks.map(scale.at), PLOT.height, FONT_SIZE);
  const shown = scale.ticks.filter((_, i) => isShown[i]);
  return { scale, labels: shown.map((value) => ({ value, text: textOf(value) })) };
}

function panel(runs: readonly Run[], seeds: readonly number[], axes: Axes): Markup {
  return html`<svg viewBox="0 0 ${PLOT.width} ${PLOT.bottom + 14}" role="img" aria-label="${runs.map(runText).join('; ')}">
${frame(axes, axes.loss, PLOT.lossTop, 'loss')}
${frame(axes, axes.accuracy, PLOT.accuracyTop, 'accuracy %')}
${axes.epochLabels.map(({ value, text }) => html`<text x="${x(axes, value)}" y="${PLOT.bottom - 8}" text-anchor="middle">${text}</text>`)}
<text x="${((axes.left + axes.right) / 2).toFixed(1)}" y="${PLOT.bottom + 10}" text-anchor="middle">epoch</text>
${runs.map((run) => curve(run, seeds.indexOf(run.seed) % 8, axes))}
</svg>`;
}

function frame({ left, right }: Axes, { scale, labels }: UprightAxis, top: number, title: string): Markup {
  return html`${labels.map(({ value, text }) => {
    const y = height(scale, top, value);
    return html`<line class="grid" x1="${left}" x2="${right.toFixed(1)}" y1="${y}" y2="${y}"/><text x="${left - LABEL_GAP}" y="${y}" dy="0.35em" text-anchor="end">${text}</text>`;
  })}
<text x="0" y="${top - 10}" class="title">${title}</text>`;
}

function curve(run: Run, seed: number, axes: Axes): Markup {
  const lines: [string, Scale, number, (record: EpochRecord) => number | undefined][] = [
    ['', axes.loss.scale, PLOT.lossTop, (record) => record.trainLoss],
    [' dashed', axes.loss.scale, PLOT.lossTop, (record) => record.validationLoss],
    ['', axes.accuracy.scale, PLOT.accuracyTop, (record) => record.trainAccuracy],
    [' dashed', axes.accuracy.scale, PLOT.accuracyTop, (record) => record.validationAccuracy],
  ];
  const last = run.epochs.at(-1);
  return html`<g class="series${Math.max(0, seed)}"><title>seed ${run.seed}</title>
${lines.map(([style, scale, top, value]) => {
  const path = polyline(thinned(run.epochs), (record) => [x(axes, record.epoch), value(record), scale, top]);
  return path && html`<path class="curve${style}" d="${path}"/>`;
})}
${
  last &&
  run.testAccuracy !== undefined &&
  html`<circle class="ring" cx="${x(axes, last.epoch)}" cy="${height(axes.accuracy.scale, PLOT.accuracyTop, run.testAccuracy)}" r="3.5"/>`
}</g>`;
}

/** Path through the values, interrupted at values that are missing or not finite (a diverged loss). */
function polyline(
  epochs: readonly EpochRecord[],
  place: (record: EpochRecord) => readonly [string, number | undefined, Scale, number],
): string {
  let path = '';
  let pen = 'M';
  for (const record of epochs) {
    const [across, value, scale, top] = place(record);
    if (!isNumber(value)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${across} ${height(scale, top, value)}`;
    pen = 'L';
  }
  // A segment of length 0 makes a single point visible by its round line cap.
  return path && `${path}l0 0`;
}

function thinned<T>(items: readonly T[]): T[] {
  const stride = Math.ceil(items.length / MOST_POINTS);
  return items.filter((_, i) => i % stride === 0 || i === items.length - 1);
}

function runText({ seed, epochs, testAccuracy }: Run): string {
  const [first, last] = [epochs.at(0), epochs.at(-1)];
  if (!first || !last) return `seed ${seed}: no epochs`;
  const loss = (record: EpochRecord) => (isNumber(record.trainLoss) ? record.trainLoss.toFixed(2) : 'not finite');
  const test = testAccuracy === undefined ? '' : `, test accuracy ${percent(testAccuracy)} %`;
  return `seed ${seed}: training loss from ${loss(first)} to ${loss(last)} in ${epochs.length} epochs, training accuracy ${percent(last.trainAccuracy)} %${test}`;
}

function x(axes: Axes, epoch: number): string {
  return (axes.left + axes.epoch.at(epoch) * (axes.right - axes.left)).toFixed(1);
}

function height(scale: Scale, top: number, value: number): string {
  return (top + (1 - scale.at(value)) * PLOT.height).toFixed(1);
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
