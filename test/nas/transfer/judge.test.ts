import { describe, expect, it } from 'vitest';
import { formatCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { foundSkips } from '../../../src/nas/transfer/skips.js';
import { runStudy } from '../../../src/nas/transfer/study.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { type JudgingTable, TableJudge } from '../../../src/nas/transfer/tableJudge.js';
import { type FakeColumn, fakeTable } from '../tables/fakeTable.js';
import { fakeContext, fakeExecutors, fakeProvenance, MemoryStore } from './fakes.js';

const RESNET = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';
const SKIPS = formatCell([1, 1, 1, 1, 1, 1]);
const CONVOLUTIONS = formatCell([3, 3, 3, 3, 3, 3]);
const NOTHING = formatCell([0, 0, 0, 0, 0, 0]);
const ARCHITECTURES = [SKIPS, RESNET, CONVOLUTIONS, NOTHING];

const column = (
  set: string,
  split: 'test' | 'validation',
  seed: 'mean' | 'one',
  accuracies: readonly number[],
  epochs = 200,
): FakeColumn => ({ measurement: { set, split, epochs, seed }, accuracies });

const COLUMNS = [
  column('near', 'test', 'one', [1, 2, 3, 4]),
  column('near', 'test', 'mean', [60, 90, 90, 10]),
  column('near', 'validation', 'mean', [50, 80, 85, 5]),
  column('far', 'test', 'one', [40, 70, 60, 10]),
  column('far', 'test', 'one', [30, 50, 40, 10], 12),
];
const settings = { channels: 16, cells: 5, classes: 10, size: 32, imageChannels: 3 };

function table(columns = COLUMNS, space = 'nasbench201'): JudgingTable {
  const header = { settings: { near: settings, far: { ...settings, classes: 100 } } };
  return { ...fakeTable(ARCHITECTURES, columns, { name: 'four', space }), header };
}

const file = {
  name: 'judged',
  methods: ['random', { name: 'regularized-evolution', label: 'evolution' }],
  sources: ['left', 'right'],
  targets: ['near', { name: 'far away', set: 'far' }],
  seeds: [0, 1],
  judge: { table: 'four' },
};
const study = parseStudy(file);

const contextOf = (judge: TableJudge) => ({
  ...fakeContext,
  judge,
  // No target is an image set.
  fingerprints: new Map(['left', 'right'].map((name) => [name, name])),
});

/** Runs the study; the results of searches are given by method, source and seed. */
async function run(find: (what: string) => string, store = new MemoryStore()) {
  const judge = await TableJudge.of(table(), study);
  const done: string[] = [];
  const fake = fakeExecutors((what) => void done.push(what));
  const results = await runStudy(await planStudy(study, contextOf(judge)), {
    ...fake,
    search: async (task) => {
      const architecture = find(`${task.method} ${task.source} ${task.seed}`);
      return { architecture, epochs: [], evaluations: [{ architecture, fitness: 0.5 }] };
    },
    judge: async (task) => {
      done.push(`judge ${task.architecture} ${task.target.label}`);
      return judge.judge(task);
    },
    store,
    provenance: { ...fakeProvenance, judge: judge.describe(), references: judge.references() },
  });
  return { results, done };
}

describe('a table that replaces training', () => {
  it('returns the mean over seeds if it has one, the validation accuracy, the rank, and the cost of its networks', async () => {
    const judge = await TableJudge.of(table(), study);
    const [near, far] = study.targets;
    const space = spaceByName('nasbench201');
    const { parameters, multiplyAdds } = space.count(space.parse(RESNET), settings);
    expect(judge.judge({ architecture: RESNET, target: near })).toEqual({
      accuracy: 0.9,
      validationAccuracy: 0.8,
      rank: 1,
      parameters,
      multiplyAdds,
    });
    // NAS-Bench-201 publishes 0.559386 M parameters for the residual cell on CIFAR-10.
    expect(parameters).toBe(559_386);
    expect(judge.judge({ architecture: SKIPS, target: near })).toMatchObject({ accuracy: 0.6, rank: 3 });
    const onFar = judge.judge({ architecture: SKIPS, target: far });
    expect(onFar).toMatchObject({ accuracy: 0.4, rank: 3 });
    expect(onFar).not.toHaveProperty('validationAccuracy');
  });

  it('has as references its optimum, the residual cell, and the mean and standard deviation over all architectures', async () => {
    const references = (await TableJudge.of(table(), study)).references();
    const on = (target: string) => references.filter((reference) => reference.target === target);
    expect(on('near').map(({ name }) => name)).toEqual(['optimum', 'resnet', 'random-mean']);
    expect(on('far away')[0]).toMatchObject({ accuracy: 0.7, architecture: RESNET, rank: 1 });
    expect(on('far away')[0].description).toContain('test accuracy on far after 200 epochs, one seed');
    expect(on('near')[1]).toMatchObject({ accuracy: 0.9, architecture: RESNET });
    const mean = on('near')[2];
    expect(mean.accuracy).toBeCloseTo((0.6 + 0.9 + 0.9 + 0.1) / 4, 12);
    // The squares of -0.025, 0.275, 0.275 and -0.525 sum to 0.4275.
    expect(mean.deviation).toBeCloseTo(Math.sqrt(0.4275 / 4), 12);
    expect(mean.count).toBe(4);
  });

  it('has another fingerprint if an accuracy that it returns changes, and the same otherwise', async () => {
    const { fingerprint } = await TableJudge.of(table(), study);
    const changed = (place: number, accuracies: readonly number[]) =>
      table(COLUMNS.map((one, i) => (i === place ? { ...one, accuracies } : one)));
    expect((await TableJudge.of(changed(1, [60, 90, 90, 11]), study)).fingerprint).not.toBe(fingerprint);
    expect((await TableJudge.of(changed(0, [9, 9, 9, 9]), study)).fingerprint).toBe(fingerprint);
  });

  it('refuses another space, and sets and epochs that it lacks, and names the nearest available', async () => {
    const of = (changes: object, judged = table()) => TableJudge.of(judged, parseStudy({ ...file, ...changes }));
    await expect(of({ space: 'darts' })).rejects.toThrow(/four holds architectures of nasbench201.*searches darts/);
    await expect(of({ targets: ['nears'] })).rejects.toThrow(/target "nears" \(did you mean near\?\).*near, far/);
    await expect(of({ judge: { table: 'four', epochs: 12 } })).rejects.toThrow(
      /no test accuracy on near after 12 epochs.*the nearest: .*200 epochs, mean over seeds/,
    );
    const unknown = { ...table(), header: { settings: {} } };
    await expect(of({}, unknown)).rejects.toThrow(/does not state the networks that it measured on near/);
  });
});

describe('a study evaluated on a table', () => {
  it('looks up 200 epochs by default, and accepts no training settings or limits of targets', () => {
    expect(study.judge).toEqual({ table: 'four', epochs: 200 });
    expect(() => parseStudy({ ...file, training: { epochs: 3 } })).toThrow(/training\.epochs.*belong in fitness/);
    expect(() => parseStudy({ ...file, targets: ['near', { set: 'far', limit: 9 }] })).toThrow(/targets\[1\].*limit/);
    expect(() => parseStudy({ ...file, judge: { tabel: 'four' } })).toThrow(/judge/);
  });

  it('trains nothing, fits no baseline, and looks an architecture up once per target whichever search found it', async () => {
    const store = new MemoryStore();
    const { results, done } = await run((what) => (what.startsWith('random') ? SKIPS : RESNET), store);
    expect(done.sort()).toEqual(
      [SKIPS, RESNET].flatMap((found) => [`judge ${found} far away`, `judge ${found} near`]).sort(),
    );
    expect(results.baselines).toEqual([]);
    expect(results.jobs).toHaveLength(2 * 2 * 2 * 2);
    expect(results.jobs[0]).toMatchObject({ target: 'near', accuracy: 0.6, validationAccuracy: 0.5, epochs: [] });
    // When run again, nothing is looked up, and the results are the same.
    const again = await run((what) => (what.startsWith('random') ? SKIPS : RESNET), store);
    expect(again.done).toEqual([]);
    expect(again.results).toEqual(results);
  });

  it('identifies jobs by architecture, target, epochs and table, not by adapter, seed or label', async () => {
    const judge = await TableJudge.of(table(), study);
    const hashes = async (changed = study, context = contextOf(judge)) =>
      (await (await planStudy(changed, context)).judgements(SKIPS)).map(({ hash }) => hash);
    const before = await hashes();
    expect(new Set(before).size).toBe(2);
    expect(await hashes(study, { ...contextOf(judge), adapter: 'other' })).toEqual(before);
    expect(await hashes({ ...study, seeds: [7] })).toEqual(before);
    expect(await hashes({ ...study, targets: study.targets.map(({ set }) => ({ label: `my ${set}`, set })) })).toEqual(
      before,
    );
    expect(await hashes({ ...study, judge: { table: 'four', epochs: 12 } })).not.toEqual(before);
    const other = { ...contextOf(judge), judge: { fingerprint: 'other' } as unknown as TableJudge };
    expect(await hashes(study, other)).not.toEqual(before);
    expect(await (await planStudy(study, contextOf(judge))).trainings({ seed: 0 }, SKIPS)).toEqual([]);
  });

  it('summarises regret, rank and distance from the mean of the table as computed by hand', async () => {
    const found: Record<string, string> = { 'evolution left 0': RESNET, 'evolution left 1': SKIPS };
    const { results } = await run((what) => found[what] ?? NOTHING);
    const cell = results.summary.judged!.find(
      ({ method, source, target }) => method === 'evolution' && source === 'left' && target === 'near',
    )!;
    // Accuracies 0.9 and 0.6 against the optimum 0.9 and the mean 0.625; ranks 1 and 3 of 4.
    expect(cell.regret.mean).toBeCloseTo(0.15, 12);
    expect(cell.regret.deviation).toBeCloseTo(0.3 / Math.SQRT2, 12);
    expect(cell.rank.mean).toBe(2);
    expect(cell.better.mean).toBe(25);
    expect(cell.overRandomMean.mean).toBeCloseTo(100 * (0.75 / 0.625 - 1), 10);
    expect(cell.validationAccuracy!.mean).toBeCloseTo(0.65, 12);
  });
});

describe('skips in found architectures', () => {
  const searches = (space: string, architectures: readonly string[]) =>
    foundSkips(
      spaceByName(space),
      architectures.map((architecture, seed) => ({
        ...{ hash: '', method: 'darts', source: 'left', seed, seconds: 0 },
        ...{ architecture, epochs: [], evaluations: [] },
      })),
    );

  it('are counted per method and source, with those that have no convolution', () => {
    const [row] = searches('nasbench201', [SKIPS, RESNET, CONVOLUTIONS]);
    expect(row).toMatchObject({ method: 'darts', source: 'left', operations: 6, withoutConvolution: 1 });
    expect(row.skips.mean).toBeCloseTo((6 + 2 + 0) / 3, 12);
  });

  it('are counted over both cells of the space of DARTS', () => {
    const space = spaceByName('darts');
    const skip = space.choices.map(({ options }) => Math.max(0, options.indexOf('skip_connect')));
    const [row] = searches('darts', [space.format(space.fromDecisions(skip))]);
    expect(row).toMatchObject({ operations: 16, withoutConvolution: 1 });
    expect(row.skips.mean).toBe(16);
  });

  it('are counted in genotypes whose nodes have one edge or three, as FairDARTS and SNAS find them', () => {
    const space = spaceByName('darts');
    const skips = space.relaxation.tables.map(({ edges, operations }) =>
      edges.map((_, edge) => (edge < 6 ? [operations.indexOf(edge === 0 ? 'sep_conv_3x3' : 'skip_connect')] : [])),
    );
    const [row] = searches('darts', [space.format(space.relaxation.architecture(skips))]);
    expect(row).toMatchObject({ operations: 12, withoutConvolution: 0 });
    expect(row.skips.mean).toBe(10);
  });
});
