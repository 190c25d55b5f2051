import { backpropagate } from '../../engine/autodiff/autodiff.js';
import { kaimingNormal } from '../../engine/nn/initializers.js';
import { Random } from '../../engine/random/random.js';
import { gramMatrix, symmetricEigenvalues } from './jacobCov.js';
import { layerWeights, outputGradients, type UntrainedNetwork, withUntrained } from './network.js';
import type { Score, ScoreContext } from './score.js';

const IMAGES = 16;

/**
 * Condition number of the neural tangent kernel of 16 images: the largest over the smallest eigenvalue of the Gram matrix of the
 * gradients of each image's summed logits with respect to all weights, including the scales of batch norm.
 *
 * As in the published code the network has one cell per stage and 3 channels, weights are Kaiming normal (fan out), and batch norm
 * uses batch statistics. Gradients are f32, so that values beyond about 1e6 only mean that the condition number is large.
 */
export const ntk: Score = {
  name: 'ntk',
  paper: 'Chen et al. 2021, TE-NAS, 2102.11535, section 3.1.1',
  lowerIsBetter: true,
  needs: 'images',
  evaluate: (context, architecture) =>
    kernelCondition({ ...context, settings: { ...context.settings, channels: 3, cells: 1 } }, architecture, initialise),
};

/** Kaiming normal initialisation by fan out; biases zero. */
function initialise({ engine, network }: UntrainedNetwork, seed: number): void {
  const fill = kaimingNormal('fanOut');
  for (const variable of layerWeights(network))
    engine.write(variable, fill(variable.type, new Random(seed, `kaiming/${variable.name}`)));
  for (const variable of network.weights.variables)
    if (variable.name.endsWith('/bias')) engine.write(variable, new Float32Array(variable.type.shape[0]));
}

/** The condition number at weights that `initialise` writes; infinite where gradients are linearly dependent. */
export function kernelCondition(
  context: ScoreContext,
  architecture: unknown,
  initialise: (untrained: UntrainedNetwork, seed: number) => void,
): Promise<number> {
  const batch = Math.min(context.batch, IMAGES);
  return withUntrained(
    context,
    architecture,
    { batch },
    ({ graph, network, logits }) => {
      const seed = graph.feed('seed', logits.shape);
      const variables = network.weights.variables
        .filter(({ name }) => !/\/(bias|beta)$/.test(name))
        .map((variable) => graph.read(variable));
      const known = backpropagate([{ value: logits, gradient: seed }], variables);
      const gradientOf = new Map(
        variables.map(({ origin }, i) => [origin?.kind === 'variable' && origin.variable, known[i]]),
      );
      const all = network.weights.variables.map((variable) => gradientOf.get(variable));
      outputGradients(graph, 'gradients', network, all);
    },
    async (untrained) => {
      initialise(untrained, context.seed);
      const { run, read } = untrained;
      const rows: Float32Array[] = [];
      const { classes } = context.settings;
      for (let image = 0; image < batch; image++) {
        run({ seed: new Float32Array(batch * classes).fill(1, image * classes, (image + 1) * classes) });
        rows.push(await read('gradients'));
      }
      const eigenvalues = symmetricEigenvalues(gramMatrix(rows));
      const condition = eigenvalues[batch - 1] / eigenvalues[0];
      return condition >= 1 ? condition : Number.POSITIVE_INFINITY;
    },
  );
}
