import { describe, expect, it } from 'vitest';
import { FITNESS_PROTOCOL, SEARCH_PROTOCOL, TRAINING_PROTOCOL } from '../../../src/nas/spaces/nasbench201/protocols.js';
import { StudyError } from '../../../src/nas/transfer/studyParts.js';
import { studyJsonSchema } from '../../../src/nas/transfer/studySchema.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

const smallest = {
  name: 'small',
  methods: ['random'],
  sources: ['mnist:limit=200'],
  targets: ['mnist'],
  seeds: [0],
};

/** A deep copy of `smallest` with one field set by its path. */
function broken(path: (string | number)[], value: unknown): unknown {
  const copy = structuredClone(smallest) as Record<string | number, unknown>;
  let place = copy;
  for (const key of path.slice(0, -1)) {
    place[key] ??= {};
    place = place[key] as typeof copy;
  }
  place[path.at(-1)!] = value;
  return copy;
}

describe('a study file', () => {
  it('has the settings of NAS-Bench-201 by default', () => {
    const study = parseStudy(smallest);
    expect(study.space).toBe('nasbench201');
    expect(study.protocols).toEqual({
      search: SEARCH_PROTOCOL,
      fitness: FITNESS_PROTOCOL,
      training: TRAINING_PROTOCOL,
    });
    expect(study.methods).toEqual([{ label: 'random', name: 'random', options: { samples: 1 } }]);
    expect(study.sources).toEqual([
      { label: 'mnist:limit=200', specification: { set: 'mnist', rule: 'whole', limit: 200 } },
    ]);
    expect(study.targets).toEqual([{ label: 'mnist', set: 'mnist' }]);
  });

  it('changes single fields of a protocol, and the short training follows the long one', () => {
    const { protocols } = parseStudy({
      ...smallest,
      search: { optimizer: { learningRate: 0.5 } },
      fitness: { epochs: 3 },
      training: { imageSize: 16, imageChannels: 1, augmentation: { flip: false } },
    });
    expect(protocols.search.optimizer).toEqual({ ...SEARCH_PROTOCOL.optimizer, learningRate: 0.5 });
    expect(protocols.training).toMatchObject({ imageSize: 16, imageChannels: 1, epochs: 200 });
    expect(protocols.training.augmentation).toEqual({ pad: 4, flip: false, cutout: 0 });
    expect(protocols.fitness).toEqual({ ...protocols.training, epochs: 3 });
  });

  it('has the settings of DARTS, and NSGANet’s short training, in the DARTS space', () => {
    const { protocols } = parseStudy({ ...smallest, space: 'darts', training: { imageChannels: 1 } });
    const optimizer = { learningRate: 0.025, momentum: 0.9, nesterov: false, weightDecay: 3e-4, clipNorm: 5 };
    const common = { optimizer, imageSize: 32, labelSmoothing: 0 };
    expect(protocols.search).toEqual({
      ...common,
      ...{ channels: 16, cells: 8, epochs: 50, batch: 64, imageChannels: 3, dropPath: 0, auxiliaryWeight: 0 },
      schedule: { kind: 'cosine', final: 0.001 },
      augmentation: { pad: 4, flip: true, cutout: 0 },
    });
    expect(protocols.training).toEqual({
      ...common,
      ...{ channels: 36, cells: 20, epochs: 600, batch: 96, imageChannels: 1, dropPath: 0.2, auxiliaryWeight: 0.4 },
      schedule: { kind: 'cosine', final: 0 },
      augmentation: { pad: 4, flip: true, cutout: 16 },
    });
    expect(protocols.fitness).toEqual({
      ...common,
      ...{ channels: 16, cells: 8, epochs: 20, batch: 128, imageChannels: 1, dropPath: 0, auxiliaryWeight: 0 },
      schedule: { kind: 'cosine', final: 0 },
      augmentation: { pad: 4, flip: true, cutout: 0 },
    });
  });

  it('accepts drop path and auxiliary classifiers only in spaces that have them', () => {
    const wrong = (study: object) => () => parseStudy({ ...smallest, ...study }, 'x.json');
    expect(wrong({ training: { dropPath: 0.2 } })).toThrow('x.json: training: dropPath is 0.2, wanted 0');
    expect(wrong({ fitness: { auxiliaryWeight: 0.4 } })).toThrow('auxiliaryWeight is 0.4, wanted 0');
    expect(wrong({ space: 'darts', training: { imageSize: 16 } })).toThrow(
      'auxiliary classifier: its input has an edge',
    );
    expect(wrong({ space: 'darts', methods: ['darts'], search: { dropPath: 0.2 } })).toThrow(
      'x.json: search: dropPath is 0.2, wanted 0: supernets are trained without',
    );
  });

  it('accepts sources, targets and methods as objects with their own names', () => {
    const study = parseStudy({
      ...smallest,
      methods: [
        { name: 'regularized-evolution', options: { cycles: 20 } },
        { name: 'regularized-evolution', label: 'long evolution', options: { cycles: 200 } },
      ],
      sources: [
        { set: 'emoji', rule: 'classes', classes: 4 },
        { name: 'all emoji', set: 'emoji' },
      ],
      targets: [{ name: 'digits', set: 'mnist', limit: 100, testLimit: 50 }],
    });
    expect(study.methods.map((method) => method.label)).toEqual(['regularized-evolution', 'long evolution']);
    expect(study.methods[0].options).toEqual({ population: 10, tournament: 3, cycles: 20 });
    expect(study.sources.map((source) => source.label)).toEqual(['emoji:classes=4', 'all emoji']);
    expect(study.targets).toEqual([{ label: 'digits', set: 'mnist', limit: 100, testLimit: 50 }]);
  });

  it.each<[(string | number)[], unknown, string]>([
    [['name'], 7, 'name: got 7, wanted a text'],
    [['name'], undefined, 'name: got nothing, wanted a text'],
    [['seeds'], [], 'seeds: got [], wanted at least 1 entries'],
    [['seeds'], [0, 1.5], 'seeds[1]: got 1.5, wanted a whole number'],
    [['seeds'], [3, 3], 'seeds[1]: got "3" as in seeds[0]'],
    [['sed'], 3, 'sed: got a field that is not known here (did you mean seeds?), wanted name, space, methods'],
    [['quantity'], 3, 'quantity: got a field that is not known here, wanted name, space, methods'],
    [['space'], 'dart', 'space: Space "dart" is not known, wanted one of: nasbench201'],
    [['methods'], ['magic'], 'methods[0]: Method "magic" is not known, wanted one of: random'],
    [['methods'], [5], 'methods[0]: got 5, wanted a text or an object'],
    [
      ['methods'],
      ['random', 'random'],
      'methods[1]: got "random" as in methods[0], wanted a name of its own (give one',
    ],
    [
      ['methods'],
      [{ name: 'regularized-evolution', options: { cycles: 0, size: 3 } }],
      'methods[0]: options of regularized-evolution: cycles: got 0, wanted at least 1; size: got a field',
    ],
    [
      ['methods'],
      [{ name: 'random', optoins: {} }],
      'methods[0].optoins: got a field that is not known here (did you mean options?), wanted name, label, options',
    ],
    [
      ['methods'],
      [{ name: 'darts', options: { alphaLearninRate: 1 } }],
      'methods[0]: options of darts: alphaLearninRate: got a field that is not known here (did you mean alphaLearningRate?)',
    ],
    [
      ['search', 'optimizer'],
      { learnRate: 1 },
      'search.optimizer.learnRate: got a field that is not known here (did you mean learningRate?), wanted learningRate',
    ],
    [['sources'], ['mnist:limit=1'], "sources[0]: source 'mnist': limit is 1, wanted"],
    [['sources'], [{ set: 'mnist', rule: 'some' }], 'sources[0].rule: got "some", wanted "whole" or "images"'],
    [['sources'], [{ set: 'mnist', rule: 'classes' }], "sources[0]: source 'mnist': classes is missing"],
    [['targets'], [{ set: 'mnist', limit: '9' }], 'targets[0].limit: got "9", wanted a number'],
    [['training'], { imageSize: 30 }, 'training.imageSize: got 30, wanted a multiple of 4'],
    [['training'], { imageChannels: 2 }, 'training.imageChannels: got 2, wanted 1 or 3'],
    [['search', 'optimizer'], { momentum: 1 }, 'search.optimizer.momentum: got 1, wanted less than 1'],
    [['fitness', 'schedule'], { kind: 'step' }, 'fitness.schedule.kind: got "step", wanted "cosine" or "linear"'],
  ])('with %j = %j is refused with the name of the field', (path, value, message) => {
    expect(() => parseStudy(broken(path, value), 'x.json')).toThrow(StudyError);
    expect(() => parseStudy(broken(path, value), 'x.json')).toThrow(`x.json: ${message}`);
  });

  it('requires a multiple of four channels if a method trains a supernet, and only then', () => {
    const search = { channels: 6 };
    expect(parseStudy({ ...smallest, search }).protocols.search.channels).toBe(6);
    expect(() => parseStudy({ ...smallest, search, methods: ['random', 'darts'] }, 'x.json')).toThrow(
      'x.json: search.channels: supernet of nasbench201: channels is 6, wanted a multiple of 4',
    );
  });

  it.each([[null], [[]], ['text'], [3]])('is refused if it is %j', (value) => {
    expect(() => parseStudy(value)).toThrow('study: the whole: got');
  });

  it('has a JSON schema that names its fields', () => {
    const schema = studyJsonSchema() as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['methods', 'sources', 'training']));
    expect(schema.required).toEqual(['name', 'methods', 'sources', 'targets', 'seeds']);
  });
});
