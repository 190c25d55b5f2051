import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdapterKind } from '../../../src/engine/device/adapter.js';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import { Random } from '../../../src/engine/random/random.js';
import { type ProtocolOverrides, protocolOverrides } from '../../../src/nas/records/protocolOverrides.js';
import { SPACE_NAMES, spaceByName } from '../../../src/nas/spaces/spaces.js';
import { type FittedWork, type FittingFacts, stepWork } from '../../../src/nas/transfer/fittingNetworks.js';
import { fittingProtocol } from '../../../src/nas/transfer/fittingProtocol.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

const DEVICES: readonly AdapterKind[] = ['swiftshader', 'other-software', 'lavapipe', 'hardware'];
const KINDS = ['training', 'fitness', 'search'] as const;

function factsOf(fields: {
  space?: string;
  kind?: FittedWork['kind'];
  device?: AdapterKind;
  count?: number;
  edge?: number;
  channels?: 1 | 3;
  channelsOf?: number;
  candidates?: number;
}): FittingFacts {
  const { kind = 'training', device = 'lavapipe', count = 480, edge = 32, channels = 3 } = fields;
  const { channelsOf = 4, candidates = 100 } = fields;
  const space = spaceByName(fields.space ?? 'nasbench201');
  const architecture = space.random(new Random(3, 'a network to train'));
  const work: FittedWork =
    kind === 'training' ? { kind, architecture } : kind === 'fitness' ? { kind, candidates } : { kind, channelsOf };
  return { space, work, device, images: { count, edge, channels, classes: 10 } };
}

const anyFacts = fc
  .record({
    space: fc.constantFrom(...SPACE_NAMES),
    kind: fc.constantFrom(...KINDS),
    device: fc.constantFrom(...DEVICES),
    count: fc.integer({ min: 1, max: 60_000 }),
    edge: fc.integer({ min: 1, max: 400 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    channelsOf: fc.constantFrom(4, 16),
    candidates: fc.integer({ min: 1, max: 1000 }),
  })
  .map(factsOf);

describe('settings that fit', () => {
  it('give at least 1,500 steps to a training on 480 images, on lavapipe as on a GPU', () => {
    for (const device of ['lavapipe', 'hardware'] as const) {
      const { protocol, steps } = fittingProtocol(factsOf({ device }));
      expect(protocol).toMatchObject({ batch: 32, epochs: 100, imageChannels: 3 });
      expect(steps).toBe(1500);
    }
  });

  it('give whole batches, enough steps, and images no larger than the originals', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { protocol, steps } = fittingProtocol(facts);
        const { count, edge, channels } = facts.images;
        expect(protocol.batch).toBeLessThanOrEqual(count);
        expect(Math.log2(protocol.batch) % 1).toBe(0);
        expect(steps).toBe(protocol.epochs * Math.floor(count / protocol.batch));
        expect(steps).toBeGreaterThanOrEqual({ training: 500, fitness: 150, search: 300 }[facts.work.kind]);
        expect(protocol.imageSize % 4).toBe(0);
        expect(protocol.imageSize).toBeLessThanOrEqual(Math.max(8, Math.min(32, edge)));
        expect(protocol.imageChannels).toBe(channels);
        if (facts.work.kind === 'search') expect(protocol.channels % facts.work.channelsOf).toBe(0);
      }),
    );
  });

  it('are valid in a study and have no other fields', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { protocol } = fittingProtocol(facts);
        expect(protocolOverrides.parse(protocol)).toEqual(protocol);
        const { kind } = facts.work;
        const method = { training: 'random', fitness: 'regularized-evolution', search: 'darts' }[kind];
        const space = facts.space.name;
        const study = { name: 'x', space, methods: [method], sources: ['x'], targets: ['x'], seeds: [0] };
        expect(parseStudy({ ...study, [kind]: protocol }).protocols[kind]).toEqual(protocol);
      }),
      { numRuns: 40 },
    );
  });

  it('require no more of a slower device', () => {
    for (const space of SPACE_NAMES)
      for (const kind of KINDS)
        for (const count of [40, 480, 4000]) {
          const work = DEVICES.map((device) => {
            const facts = factsOf({ space, kind, device, count });
            const { protocol, steps } = fittingProtocol(facts);
            return steps * stepWork(facts, protocol);
          });
          expect(work).toEqual([...work].sort((a, b) => a - b));
        }
  });

  it('keep a training within three minutes, unless an epoch takes more', () => {
    for (const [device, most] of [
      ['swiftshader', 55],
      ['lavapipe', 250],
      ['hardware', 8000],
    ] as const)
      for (const count of [40, 480, 4000]) {
        const facts = factsOf({ device, count });
        const { protocol, steps } = fittingProtocol(facts);
        // The number of epochs is an integer: a training may be half an epoch longer.
        expect(steps * stepWork(facts, protocol)).toBeLessThan(1.1 * most);
      }
  });

  it('change no setting that is given', () => {
    const given: ProtocolOverrides[] = [
      { channels: 12 },
      { cells: 2 },
      { imageSize: 40 },
      { imageChannels: 1 },
      { epochs: 3 },
      { batch: 7 },
      { optimizer: { learningRate: 0.3, weightDecay: 0 } },
      { schedule: { kind: 'constant' } },
      { augmentation: { flip: false, pad: 1 } },
      { labelSmoothing: 0.1 },
    ];
    const all: ProtocolOverrides = Object.assign({}, ...given);
    for (const kind of KINDS)
      for (const overrides of [...given, all])
        expect(fittingProtocol(factsOf({ kind }), overrides).protocol).toMatchObject(overrides);
  });

  it('adapt to given settings: another batch has other epochs and another learning rate for as many steps', () => {
    const { protocol, steps } = fittingProtocol(factsOf({ device: 'hardware' }), { batch: 120 });
    expect(steps).toBe(1500);
    expect(protocol.epochs).toBe(375);
    expect(protocol.optimizer.learningRate).toBeCloseTo(0.1 * Math.sqrt(120 / 256), 2);
    // Fewer epochs do not make the network larger.
    const sizes = ({ channels, cells, imageSize }: typeof protocol) => ({ channels, cells, imageSize });
    const whole = fittingProtocol(factsOf({})).protocol;
    expect(sizes(fittingProtocol(factsOf({}), { epochs: 1 }).protocol)).toEqual(sizes(whole));
  });

  it('have the published learning rate at the published batch, and the published weight decay at any', () => {
    for (const space of SPACE_NAMES) {
      const { training, search } = spaceByName(space).protocols;
      for (const [kind, { batch, optimizer }] of [
        ['training', training],
        ['search', search],
      ] as const)
        expect(fittingProtocol(factsOf({ space, kind, count: 4000 }), { batch }).protocol.optimizer).toEqual(optimizer);
    }
  });

  it('flip photographs, and no grey images', () => {
    expect(fittingProtocol(factsOf({ channels: 3 })).protocol.augmentation.flip).toBe(true);
    expect(fittingProtocol(factsOf({ channels: 1 })).protocol.augmentation.flip).toBe(false);
  });

  it('train each of few candidates for longer than each of many', () => {
    const steps = (candidates: number) => fittingProtocol(factsOf({ kind: 'fitness', candidates })).steps;
    expect(steps(10)).toBeGreaterThan(steps(100));
  });

  it('are refused if there are no images', () => {
    expect(() => fittingProtocol(factsOf({ count: 0 }))).toThrow(AttributeError);
  });

  it('equal those of the table in docs/own-images.md', () => {
    const page = readFileSync(new URL('../../../docs/own-images.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| (training|candidates|supernet) \| (\S+) \| (.+) \|$/gm)];
    expect(rows).toHaveLength(27);
    const space = spaceByName('nasbench201');
    const convolutions = space.parse(
      '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
    );
    const works: Readonly<Record<string, FittedWork>> = {
      training: { kind: 'training', architecture: convolutions },
      candidates: { kind: 'fitness', candidates: 100 },
      supernet: { kind: 'search', channelsOf: 4 },
    };
    for (const [row, what, device, numbers] of rows) {
      const [images, ...told] = numbers.split(' | ').map((text) => Number(text.replace(',', '')));
      const count = what === 'training' ? images : images / 2;
      const facts = factsOf({ device: device as AdapterKind, count });
      const { protocol, steps } = fittingProtocol({ ...facts, space, work: works[what] });
      const { channels, cells, imageSize, batch, epochs } = protocol;
      expect([channels, cells, imageSize, batch, epochs, steps], row).toEqual(told);
    }
  });
});
