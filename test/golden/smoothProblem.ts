import { VariableSet } from '../../src/engine/graph/variables.js';
import { normal } from '../../src/engine/nn/initializers.js';
import { sigmoid, tanh } from '../../src/engine/ops/elementwise/unary.js';
import { weightedSum } from '../../src/engine/ops/elementwise/weightedSum.js';
import { matmul } from '../../src/engine/ops/matmul/matmul.js';
import { softmax } from '../../src/engine/ops/reduce/softmax.js';
import { Random } from '../../src/engine/random/random.js';
import type { Supernet } from '../../src/nas/networks/classifier.js';

const WIDTH = 8;
const BATCH = 12;
export const SMOOTH_OPTIMIZER = { learningRate: 0.5, momentum: 0.9, nesterov: false, weightDecay: 0.01, clipNorm: 0 };

/** A relaxed model without ReLU: tanh, sigmoid and `none`, mixed between two matrices. Its images are rows of eight numbers. */
export function smoothSupernet(): Supernet {
  const weights = new VariableSet('weights');
  const [first, second, last] = ['first', 'second', 'last'].map((name) =>
    weights.add(name, [WIDTH, WIDTH], normal(0, 0.6), { layout: 'matrix' }),
  );
  const alphas = new VariableSet('alphas');
  const alpha = alphas.add('alpha', [1, 3], normal(0, 1));
  return {
    weights,
    runningStatistics: new VariableSet('averages'),
    alphas,
    forward: (x) => {
      const { graph } = x;
      const candidates = [tanh(matmul(x, graph.read(first))), sigmoid(matmul(x, graph.read(second))), x];
      return matmul(weightedSum(candidates, softmax(graph.read(alpha)), [0, 1, 2]), graph.read(last));
    },
  };
}

/** Rows and labels of the batch of each half. */
export function smoothBatches(): Readonly<Record<'weights' | 'alphas', readonly [number[][], number[]]>> {
  const batch = (part: string): [number[][], number[]] => {
    const random = new Random(1, `smooth ${part}`);
    const rows = Array.from({ length: BATCH }, () => Array.from({ length: WIDTH }, () => Math.fround(random.normal())));
    return [rows, rows.map((row) => (row[0] > 0 ? 1 : 0) + (row[1] * row[2] > 0 ? 2 : 0))];
  };
  return { weights: batch('weights'), alphas: batch('alphas') };
}
