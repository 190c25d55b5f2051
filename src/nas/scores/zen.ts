import { AttributeError } from '../../engine/errors/errors.js';
import type { Graph, Value } from '../../engine/graph/graph.js';
import { logicalSize } from '../../engine/graph/types.js';
import { add } from '../../engine/ops/elementwise/add.js';
import { relu } from '../../engine/ops/elementwise/relu.js';
import { scale } from '../../engine/ops/elementwise/scale.js';
import { globalAveragePoolOperation } from '../../engine/ops/pool/globalAveragePool.js';
import { sum } from '../../engine/ops/reduce/reduce.js';
import { Random } from '../../engine/random/random.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Classifier } from '../networks/classifier.js';
import { layerWeights, nodesOf, withUntrained } from './network.js';
import type { Score, ScoreContext } from './score.js';

/** Scale of the perturbation (Lin et al. 2021, 2102.01063, algorithm 1). */
const ALPHA = 0.01;

/**
 * Zen score: the change of the features before global pooling when an input x of normal noise is perturbed by alpha times further noise,
 * log E|f(x) - f(x + alpha e)|, plus the log of the factors of batch norm: sum over its layers of log sqrt(mean variance) (Lin et al.
 * 2021, algorithm 1). Weights are standard normal. As in the authors' code |.| is the sum of absolute differences of an image and
 * variances are running averages after the two batches. Only the number and shape of the images are used. NaN where the
 * features do not depend on the input.
 */
export const zen: Score = {
  name: 'zen',
  paper: 'Lin, Wang, Sun, Chen, Sun, Qian, Li and Jin 2021, Zen-NAS, arXiv 2102.01063',
  needs: 'images',
  evaluate(context, architecture) {
    return zenOf(context, architecture, (name, length) => {
      const random = new Random(context.seed, `zen ${name}`);
      return Float32Array.from({ length }, () => random.normal());
    });
  },
};

/**
 * The Zen score with given numbers instead of standard normal ones.
 * @param normals the numbers for a weight, for the `images` or for their `disturbance`
 */
export function zenOf(
  context: ScoreContext,
  architecture: unknown,
  normals: (name: string, length: number) => Float32Array,
): Promise<number> {
  return withUntrained(
    context,
    architecture,
    {},
    ({ graph, network, images }) => {
      const still = pooledFeatures(graph);
      network.forward(add(images, scale(graph.feed('disturbance', images.shape), ALPHA)), 'train');
      graph.output('movement', sumOfAbsolutes(add(still, scale(pooledFeatures(graph), -1))));
    },
    async ({ engine, network, run, read }) => {
      for (const weight of layerWeights(network)) engine.write(weight, normals(weight.name, logicalSize(weight.type)));
      const { length } = context.images;
      run({ images: normals('images', length), disturbance: normals('disturbance', length) });
      const [movement] = await read('movement');
      if (!(movement > 0)) return Number.NaN;
      return Math.log(movement / context.batch) + (await logDeviations(engine, network));
    },
  );
}

/** The input of the last global average pool. @throws {AttributeError} when the network has none */
function pooledFeatures(graph: Graph): Value {
  const pool = nodesOf(graph, globalAveragePoolOperation).at(-1);
  if (!pool)
    throw new AttributeError(
      'zen: got a network without global average pooling, wanted one; the score is not defined for this space',
    );
  return pool.inputs[0];
}

function sumOfAbsolutes(x: Value): Value {
  return sum(add(relu(x), relu(scale(x, -1))));
}

/** Sum over all batch norms of log sqrt(mean over channels of the running variance). */
async function logDeviations(engine: Compiler, { runningStatistics }: Classifier): Promise<number> {
  const elements = new Float32Array((await engine.readSet(runningStatistics)).buffer);
  let total = 0;
  for (const { name, type, offset } of runningStatistics.variables) {
    if (!name.endsWith('/variance')) continue;
    const channels = logicalSize(type);
    const mean = elements.subarray(offset, offset + channels).reduce((sum, variance) => sum + variance / channels, 0);
    total += Math.log(mean) / 2;
  }
  return total;
}
