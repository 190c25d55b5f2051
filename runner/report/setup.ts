import { type StudyResults, spread } from '../../src/nas/transfer/index.js';
import { duration } from '../progress/duration.js';
import { amount, decimal, grouped, NONE, percent } from '../progress/numbers.js';
import { html, type Insert, type Markup } from './html.js';
import { groupBy, unique } from './studyCells.js';
import { table } from './table.js';

/** Sources and targets in full. */
export function imagesSection({ sources, targets, judge }: StudyResults): Markup {
  const judged =
    judge &&
    table({
      caption: `Targets: accuracies of the ${grouped(judge.size)} architectures of the table ${judge.table}`,
      columns: ['target', 'accuracy', 'validation accuracy'],
      rows: judge.measurements.map(({ target, accuracy, validationAccuracy }) => [
        target,
        accuracy,
        validationAccuracy ?? NONE,
      ]),
      kind: 'prose',
    });
  return html`${table({
    caption: 'Sources: images used by the searches',
    columns: ['source', 'description', { number: 'images' }, { number: 'classes' }],
    rows: sources.map(({ name, description, images, classes }) => [
      name,
      description,
      grouped(images),
      grouped(classes),
    ]),
    kind: 'prose',
  })}
${
  judged ??
  table({
    caption: 'Targets: images used to train and test the networks found',
    columns: ['target', 'description', { number: 'training images' }, { number: 'test images' }, { number: 'classes' }],
    rows: targets.map(({ name, description, train, test, classes }) => [
      name,
      description,
      ...[train, test, classes].map(grouped),
    ]),
    kind: 'prose',
  })
}`;
}

/** Every setting of the two protocols, side by side. */
export function protocolsSection({ protocols, judge }: StudyResults): Markup {
  if (judge) return judgedProtocols(protocols);
  const search = new Map<string, unknown>(Object.entries(protocols.search));
  const training = new Map<string, unknown>(Object.entries(protocols.training));
  const names = unique([...search.keys(), ...training.keys()]);
  const text = (value: unknown) => (value === undefined ? NONE : settingText(value));
  return table({
    caption: 'Protocols: training in the searches, and from scratch on the targets',
    columns: ['setting', 'search', 'training'],
    rows: names.map((name) => [words(name), text(search.get(name)), text(training.get(name))]),
    kind: 'prose',
  });
}

/** A judged study trains supernets and, for a short while, candidates. */
function judgedProtocols({ search, fitness }: StudyResults['protocols']): Markup {
  const names = Object.keys(search) as (keyof typeof search)[];
  return table({
    caption: 'Protocols: training of supernets, and of candidates where a search trains each one',
    columns: ['setting', 'supernet', 'candidate'],
    rows: names.map((name) => [words(name), settingText(search[name]), fitness ? settingText(fitness[name]) : NONE]),
    kind: 'prose',
  });
}

/** A setting as text; a group of settings as one line: `learning rate 0.1, momentum 0.9`. */
export function settingText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${words(name)} ${settingText(part)}`)
    .join(', ');
}

/** An identifier as words: `learningRate` as `learning rate`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Every network with its numbers; judged studies have no losses. */
export function runsTable({ jobs, judge }: StudyResults): Markup {
  const numbers = 'accuracy %,test loss,training loss,training %,parameters,multiply-adds,time'.split(',');
  return table({
    caption: judge
      ? 'All networks that the table judged'
      : 'All trained networks; training loss and accuracy are of the last epoch',
    columns: ['method', 'source', 'target', 'seed', ...numbers.map((number) => ({ number })), 'architecture'],
    rows: jobs.map((job) => {
      const last = job.epochs.at(-1);
      return [
        job.method,
        job.source,
        job.target,
        job.seed,
        percent(job.accuracy, 2),
        decimal(job.loss, 3),
        decimal(last?.trainLoss, 3),
        percent(last?.trainAccuracy, 2),
        amount(job.parameters),
        amount(job.multiplyAdds),
        duration(job.seconds),
        html`<code>${job.architecture}</code>`,
      ];
    }),
    kind: 'runs',
  });
}

/** Time of each method. */
export function timeTable({ searches, jobs }: StudyResults): Markup {
  const trainings = groupBy(jobs, (job) => job.method);
  const seconds = (items: readonly { seconds: number }[] = []) => {
    const known = items.map((item) => item.seconds).filter(Number.isFinite);
    if (known.length === 0) return NONE;
    const { mean, deviation, count } = spread(known);
    return `${duration(mean)}${count > 1 ? ` ± ${duration(deviation)}` : ''} (${count})`;
  };
  return table({
    caption: 'Time of a search and of a training: mean ± standard deviation (number)',
    columns: ['method', 'search', 'training'],
    rows: [...groupBy(searches, (search) => search.method)].map(([method, done]) => [
      method,
      seconds(done),
      seconds(trainings.get(method)),
    ]),
  });
}

/** The machine, and how to reproduce the numbers. */
export function environmentSection(results: StudyResults): Markup {
  const { adapter, versions, seeds, space, plugins = [] } = results;
  const facts: [string, string][] = [
    ['adapter', `${adapter.name} (${adapter.kind})`],
    ['driver', adapter.driver],
    ...(adapter.tuned === undefined ? [] : [['kernels', `tuned (${adapter.tuned})`] as [string, string]]),
    ['cell space', space],
    ...plugins.map(({ module, digest }): [string, string] => ['plugin', `${module} (${digest})`]),
    ['seeds', seeds.join(', ')],
    ['wall time', duration(results.seconds)],
    ...Object.entries(versions),
  ];
  return html`${factList(facts)}
${runAgain(results.rerun ?? 'npx nastransfer study FILE --out DIR')}
<p>The same seeds on the same adapter and driver${adapter.tuned === undefined ? '' : ', with the same tuning of its kernels,'} give bit-identical numbers. Jobs with results in the study's folder are skipped; an empty folder starts from scratch. This page can be rewritten from the results by <code>npx nastransfer report DIR</code>.</p>`;
}

/** Names with their values. */
export function factList(facts: readonly (readonly [name: string, value: Insert])[]): Markup {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The command that reproduces the numbers. */
export function runAgain(command: string): Markup {
  return html`<h3>Reproduce</h3>
<pre tabindex="0"><code>${command}</code></pre>`;
}
