import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyWork, supernetWork, type TuningWork } from '../../../runner/tuning/tuningWork.js';
import { Graph } from '../../../src/engine/graph/graph.js';
import { choiceKey } from '../../../src/engine/ops/record/variants.js';
import { Random } from '../../../src/engine/random/random.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { planProgram } from '../../../src/engine/runtime/plan.js';
import type { Program } from '../../../src/engine/runtime/program.js';
import type { ImageSplit } from '../../../src/nas/data/images/imageSet.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
import { Trainer } from '../../../src/nas/training/network/trainer.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Plans programs without building them, and records the kernel choices. */
class PlanningEngine extends Engine {
  constructor(readonly found: Set<string>) {
    const onChoice = ({
      candidates,
      ...choice
    }: Parameters<typeof choiceKey>[0] & { candidates: readonly string[] }) => {
      if (candidates.length > 1) found.add(choiceKey(choice));
    };
    super(engine.gpu, { target: { ...engine.target, onChoice } });
  }

  override async compile(build: (graph: Graph) => void): Promise<Program> {
    const graph = new Graph();
    build(graph);
    planProgram(this, graph);
    return { dispose() {} } as Program;
  }
}

async function choicesOf(work: readonly TuningWork[]): Promise<Set<string>> {
  const planning = new PlanningEngine(new Set());
  for (const { graphs } of work) for (const graph of graphs) await planning.compile(graph);
  return planning.found;
}

function images(count: number, size: number, classes: number): ImageSplit {
  const pixels = Uint8Array.from({ length: count * size * size }, (_, i) => i % 251);
  return { count, pixels, labels: Uint16Array.from({ length: count }, (_, i) => i % classes) };
}

const text = {
  name: 'a study',
  sources: [{ set: 'mnist', limit: 12 }],
  targets: [{ set: 'mnist', limit: 16 }],
  seeds: [0],
  search: { channels: 8, cells: 1, imageSize: 16, imageChannels: 1, batch: 8 },
  training: { channels: 8, cells: 2, imageSize: 16, imageChannels: 1, batch: 32 },
};

describe('the tuning work of the search network of DARTS', () => {
  it('has depthwise, pointwise and ordinary convolutions, forward and backward', async () => {
    const tuned = [
      ...(await choicesOf([supernetWork('darts', { channels: 4, cells: 3, imageSize: 16, batch: 4 }, 10)])),
    ];
    for (const kind of [
      /^conv2d 1x1 /,
      /^conv2d 3x3 /,
      /^conv2d .*transposed/,
      /^depthwise 5x5 /,
      /^weightGradientChunks /,
    ])
      expect(
        tuned.some((key) => kind.test(key)),
        `${kind}`,
      ).toBe(true);
  });
});

describe('the tuning work of a study', () => {
  it('has every choice of its trainings, whatever the architecture', async () => {
    const study = parseStudy({ ...text, methods: ['random'] });
    const space = spaceByName(study.space);
    const protocol = study.protocols.training;
    const tuned = await choicesOf(studyWork(study, 10));
    const random = new Random(1, 'test');
    const data = { shape: { height: 16, width: 16, channels: 1 }, train: images(16, 16, 10), test: images(16, 16, 10) };
    for (let i = 0; i < 8; i++) {
      const network = space.network(space.random(random), { ...protocol, size: 16, classes: 10 });
      const planning = new PlanningEngine(new Set());
      (await Trainer.create({ engine: planning, network, data, protocol, seed: 0 })).dispose();
      planning.dispose();
      expect(planning.found.size).toBeGreaterThan(3);
      expect([...planning.found].filter((key) => !tuned.has(key))).toEqual([]);
    }
  });

  it('has every choice of its supernet', async () => {
    const study = parseStudy({ ...text, methods: ['darts'] });
    const protocol = study.protocols.search;
    const tuned = await choicesOf(studyWork(study, 10));
    const settings = { ...protocol, size: 16, classes: 10 };
    const supernet = spaceByName(study.space).supernet(settings, { affine: false, batchNorm: 'batch' });
    const planning = new PlanningEngine(new Set());
    const half = images(6, 16, 10);
    const trainer = await BilevelTrainer.create({
      engine: planning,
      supernet,
      archUpdate: {
        kind: 'first-order',
        rule: softmaxRule(supernet),
        archOptimizer: { learningRate: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 },
      },
      shape: { height: 16, width: 16, channels: 1 },
      trainSplit: half,
      validationSplit: half,
      protocol,
      seed: 0,
    });
    trainer.dispose();
    planning.dispose();
    expect(planning.found.size).toBeGreaterThan(3);
    expect([...planning.found].filter((key) => !tuned.has(key))).toEqual([]);
  });

  it('includes a supernet or short trainings only if a method needs them, and batches no larger than its images', () => {
    const labels = (methods: string[]) => studyWork(parseStudy({ ...text, methods }), 10).map(({ label }) => label);
    const training = 'a study: networks of nasbench201, batch 16, 8 channels, 16 pixels';
    expect(labels(['random'])).toEqual([training]);
    expect(labels(['darts'])).toEqual(['a study: supernet of nasbench201, batch 6, 8 channels, 16 pixels', training]);
    expect(labels(['regularized-evolution'])).toEqual([
      'a study: networks of nasbench201, batch 6, 8 channels, 16 pixels',
      training,
    ]);
  });
});
