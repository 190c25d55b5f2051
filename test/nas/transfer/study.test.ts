import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ImageSet } from '../../../src/nas/data/images/imageSet.js';
import { canonicalJson, fingerprint, jobHash } from '../../../src/nas/transfer/jobHash.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { runStudy, type StudyEvent } from '../../../src/nas/transfer/study.js';
import { parseStudy, type Study } from '../../../src/nas/transfer/studySpecification.js';
import { fakeContext, fakeExecutors, fakeProvenance, fakeStudy, MemoryStore, withoutTimes } from './fakes.js';

const hashes = async (study: Study, context = fakeContext) => {
  const plan = await planStudy(study, context);
  const trainings = await plan.trainings(plan.searches[0], 'a cell');
  return {
    random: plan.searches.filter((task) => task.methodName === 'random').map((task) => task.hash),
    evolution: plan.searches.filter((task) => task.methodName !== 'random').map((task) => task.hash),
    trainings: trainings.map((task) => task.hash),
    baselines: plan.baselines.map((task) => task.hash),
  };
};

describe('the hash of a job', () => {
  it('is the SHA-256 of canonical JSON, as another implementation computes it', async () => {
    const value = { b: [1, { d: 'é', c: null }], a: 0.1, gone: undefined };
    expect(canonicalJson(value)).toBe('{"a":0.1,"b":[1,{"c":null,"d":"é"}]}');
    expect(await jobHash(value)).toBe(
      createHash('sha256').update('{"a":0.1,"b":[1,{"c":null,"d":"é"}]}').digest('hex'),
    );
  });

  it('does not depend on the order of fields or on display names', async () => {
    const relabelled = parseStudy({
      seeds: [0, 1],
      targets: [
        { name: 'here', set: 'near' },
        { limit: 100, set: 'far' },
      ],
      sources: [{ set: 'left', name: 'L' }, 'right'],
      methods: ['random', { options: { cycles: 20 }, name: 'regularized-evolution', label: 'evolution' }],
      name: 'another name',
    });
    expect(await hashes(relabelled)).toEqual(await hashes(fakeStudy));
  });

  it('is the same for all sources if the search sees no image, and differs between sources otherwise', async () => {
    const { random, evolution } = await hashes(fakeStudy);
    expect(new Set(random).size).toBe(2);
    const perSource = { ...fakeStudy.methods[0], options: { samples: 1, perSource: true } };
    const own = await hashes({ ...fakeStudy, methods: [perSource, ...fakeStudy.methods.slice(1)] });
    expect(new Set(own.random).size).toBe(4);
    expect(new Set(evolution).size).toBe(4);
  });

  it('changes exactly with the fields that decide the result', async () => {
    const before = await hashes(fakeStudy);
    const change = async (study: Partial<Study>, context = fakeContext) => {
      const after = await hashes({ ...fakeStudy, ...study }, context);
      return (Object.keys(before) as (keyof typeof before)[]).filter((kind) => before[kind][0] !== after[kind][0]);
    };
    const { search, fitness, training } = fakeStudy.protocols;
    expect(await change({ seeds: [5, 1] })).toEqual(['random', 'evolution', 'trainings']);
    expect(await change({ protocols: { search: { ...search, epochs: 1 }, fitness, training } })).toEqual([]);
    expect(await change({ protocols: { search, fitness: { ...fitness, epochs: 1 }, training } })).toEqual([
      'evolution',
    ]);
    expect(await change({ protocols: { search, fitness, training: { ...training, epochs: 1 } } })).toEqual([
      'trainings',
    ]);
    expect(await change({ protocols: { search, fitness, training: { ...training, imageSize: 16 } } })).toEqual([
      'trainings',
      'baselines',
    ]);
    expect(await change({}, { ...fakeContext, adapter: 'other' })).toEqual(['evolution', 'trainings']);
    const pixels = (name: string) => new Map([...fakeContext.fingerprints, [name, 'other pixels']]);
    expect(await change({}, { ...fakeContext, fingerprints: pixels('left') })).toEqual(['evolution']);
    expect(await change({}, { ...fakeContext, fingerprints: pixels('near') })).toEqual(['trainings', 'baselines']);
    expect(
      await change({ methods: [fakeStudy.methods[0], { ...fakeStudy.methods[1], options: { cycles: 9 } }] }),
    ).toEqual(['evolution']);
  });

  it('follows every pixel, label and class name of an image set', async () => {
    const split = () => ({ count: 2, pixels: new Uint8Array(8).fill(3), labels: new Uint16Array([0, 1]) });
    const make = (): ImageSet => ({
      name: 'tiny',
      height: 2,
      width: 2,
      channels: 1,
      classes: ['a', 'b'],
      train: split(),
      test: split(),
    });
    const original = await fingerprint(make());
    expect(await fingerprint({ ...make(), name: 'renamed', origin: 'elsewhere' })).toBe(original);
    const changed = [make(), make(), make(), { ...make(), classes: ['a', 'c'] }];
    changed[0].train.pixels[7] = 4;
    changed[1].test.pixels[0] = 4;
    changed[2].test.labels[1] = 0;
    for (const set of changed) expect(await fingerprint(set)).not.toBe(original);
  });
});

describe('a study', () => {
  it('has a job for every method, source, target and seed, each accuracy assigned by its hash', async () => {
    const plan = await planStudy(fakeStudy, fakeContext);
    const store = new MemoryStore();
    const results = await runStudy(plan, { ...fakeExecutors(), store, provenance: fakeProvenance });
    expect(results.searches).toHaveLength(8);
    expect(results.jobs).toHaveLength(16);
    const names = results.jobs.map((job) => [job.method, job.source, job.target, job.seed].join());
    expect(new Set(names).size).toBe(16);
    for (const job of results.jobs) {
      expect(job.accuracy).toBe(Number.parseInt(job.hash.slice(0, 12), 16) / 16 ** 12);
      const search = results.searches.find((candidate) => candidate.hash === job.searchHash)!;
      expect(job.architecture).toBe(search.architecture);
      expect(search).toMatchObject({ method: job.method, seed: job.seed });
    }
    expect(results.baselines.map((baseline) => baseline.target)).toEqual(['near', 'far']);
    expect(results.summary.cells).toHaveLength(8);
    expect(results.seconds).toBeCloseTo([...store.records.values()].reduce((sum, record) => sum + record.seconds, 0));
  });

  it('does nothing twice: one training for a random cell shared by all sources', async () => {
    const work: string[] = [];
    const run = {
      ...fakeExecutors((what) => void work.push(what)),
      store: new MemoryStore(),
      provenance: fakeProvenance,
    };
    await runStudy(await planStudy(fakeStudy, fakeContext), run);
    expect(new Set(work).size).toBe(work.length);
    expect(work.filter((what) => what.startsWith('search random'))).toHaveLength(2);
    expect(work.filter((what) => what.startsWith('train'))).toHaveLength(2 * 2 + 4 * 2);
  });

  it('stopped before any of its jobs and run again, ends with the same results', async () => {
    const plan = await planStudy(fakeStudy, fakeContext);
    const whole = await runStudy(plan, { ...fakeExecutors(), store: new MemoryStore(), provenance: fakeProvenance });
    for (let stop = 0; ; stop++) {
      const store = new MemoryStore();
      let left = stop;
      const failing = fakeExecutors(() => {
        if (left-- === 0) throw new Error('the power went out');
      });
      const first = runStudy(plan, { ...failing, store, provenance: fakeProvenance });
      if (
        await first.then(
          () => true,
          () => false,
        )
      ) {
        expect(stop).toBe(2 + 2 + 4 + 12);
        return;
      }
      expect(store.records.size).toBe(stop);
      const work: string[] = [];
      const rest = fakeExecutors((what) => void work.push(what));
      const resumed = await runStudy(plan, { ...rest, store, provenance: fakeProvenance });
      expect(work).toHaveLength(20 - stop);
      expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
    }
  });

  it('reuses the jobs of an earlier, smaller study in the same store', async () => {
    const store = new MemoryStore();
    const smaller = await planStudy({ ...fakeStudy, seeds: [0] }, fakeContext);
    await runStudy(smaller, { ...fakeExecutors(), store, provenance: fakeProvenance });
    const before = store.records.size;
    const work: string[] = [];
    const run = { ...fakeExecutors((what) => void work.push(what)), store, provenance: fakeProvenance };
    await runStudy(await planStudy(fakeStudy, fakeContext), run);
    expect(work).toHaveLength(20 - before);
    expect(work.every((what) => !what.endsWith(' 0'))).toBe(true);
  });

  it('reports the start and end of every job, with correct counts', async () => {
    const events: StudyEvent[] = [];
    const run = { ...fakeExecutors(), store: new MemoryStore(), provenance: fakeProvenance };
    await runStudy(await planStudy(fakeStudy, fakeContext), { ...run, onEvent: (event) => events.push(event) });
    const ends = events.filter((event) => event.kind === 'done');
    expect(ends.map((event) => event.done)).toEqual([...Array(26).keys()].map((i) => i + 1));
    expect(ends.every((event) => event.total === 26)).toBe(true);
    expect(ends.filter((event) => event.reused)).toHaveLength(6);
    expect(events.filter((event) => event.kind === 'start')).toHaveLength(20);
  });
});
