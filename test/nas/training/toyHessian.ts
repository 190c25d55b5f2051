import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { flatten } from '../../../src/engine/ops/copy/flatten.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { weightedSum } from '../../../src/engine/ops/elementwise/weightedSum.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { broadcastRow } from '../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { channelStatistics } from '../../../src/nas/data/images/statistics.js';
import { symmetricEigen } from '../../../src/nas/math/linearAlgebra.js';
import type { Supernet } from '../../../src/nas/networks/classifier.js';
import { tableMixtures } from '../../../src/nas/spaces/shared/mixedNode.js';
import { BilevelTrainer } from '../../../src/nas/training/bilevel/bilevelTrainer.js';
import { softmaxRule } from '../../../src/nas/training/bilevel/relaxedRule.js';
import { stripes, tinyProtocol } from './trainingRun.js';

const [EDGES, OPERATIONS, PIXELS, CLASSES, IMAGES] = [2, 3, 64, 4, 16];

/** Logits are the sum over candidates of their softmax weight times a fixed linear map of the image; nothing else. */
function linearSupernet(maps: readonly number[][]): Supernet {
  const weights = new VariableSet('weights');
  const bias = weights.add('bias', [CLASSES], zeros);
  const edges = Array.from({ length: EDGES }, (_, i) => [i, i + 1] as const);
  const mixtures = tableMixtures([{ name: 'alpha', edges, operations: ['a', 'b', 'c'] }], false);
  return {
    weights,
    runningStatistics: new VariableSet('averages'),
    alphas: mixtures.alphas,
    forward(images, _mode, mixture) {
      const { graph } = images;
      const [{ weights: table }] = mixtures.of(graph, mixture);
      const pixels = flatten(images);
      const candidates = maps.map((map) => matmul(pixels, graph.constant(map, [PIXELS, CLASSES])));
      const sum = weightedSum(
        candidates,
        table,
        maps.map((_, i) => i),
      );
      return add(sum, broadcastRow(graph.read(bias), sum.type));
    },
  };
}

/**
 * The largest eigenvalue of the Hessian of a supernet that is linear in its mixture: as measured by the trainer, and computed from all
 * second derivatives of the same loss written out in f64.
 */
export async function toyHessian(engine: Engine): Promise<{ measured: number; exact: number }> {
  const random = new Random(8, 'maps');
  const maps = Array.from({ length: EDGES * OPERATIONS }, () =>
    Array.from({ length: PIXELS * CLASSES }, () => 0.3 * random.normal()),
  );
  const supernet = linearSupernet(maps);
  const [weights, alphas] = [stripes(IMAGES, 1), stripes(IMAGES, 2)];
  const trainer = await BilevelTrainer.create({
    engine,
    supernet,
    archUpdate: {
      kind: 'first-order',
      rule: softmaxRule(supernet),
      archOptimizer: { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, weightDecay: 0 },
    },
    shape: { height: 8, width: 8, channels: 1 },
    trainSplit: weights,
    validationSplit: alphas,
    protocol: { ...tinyProtocol, batch: IMAGES, labelSmoothing: 0 },
    seed: 0,
  });
  const start = Array.from({ length: EDGES * OPERATIONS }, (_, i) => 0.3 * Math.sin(i + 1));
  engine.write(supernet.alphas.variables[0], start);
  const measured = await trainer.largestEigenvalue();
  trainer.dispose();

  const { mean, std } = channelStatistics(weights, 1);
  const outputs = maps.map((map) =>
    Array.from({ length: IMAGES }, (_, n) =>
      Array.from({ length: CLASSES }, (_, c) => {
        let sum = 0;
        for (let p = 0; p < PIXELS; p++)
          sum += ((alphas.pixels[n * PIXELS + p] / 255 - mean[0]) / std[0]) * map[p * CLASSES + c];
        return sum;
      }),
    ),
  );
  const loss = (alpha: readonly number[]) => {
    const shares = alpha.map((value, i) => {
      const first = i - (i % OPERATIONS);
      const row = alpha.slice(first, first + OPERATIONS).map(Math.exp);
      return Math.exp(value) / row.reduce((a, b) => a + b, 0);
    });
    let total = 0;
    for (let n = 0; n < IMAGES; n++) {
      const logits = Array.from({ length: CLASSES }, (_, c) =>
        shares.reduce((sum, share, k) => sum + share * outputs[k][n][c], 0),
      );
      total += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[alphas.labels[n]];
    }
    return total / IMAGES;
  };
  const size = start.length;
  const h = 1e-4;
  const hessian = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const at = (a: number, b: number) =>
        loss(start.map((value, k) => value + (k === i ? a * h : 0) + (k === j ? b * h : 0)));
      hessian[i * size + j] = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h);
    }
  return { measured, exact: Math.max(...symmetricEigen(hessian, size).values) };
}
