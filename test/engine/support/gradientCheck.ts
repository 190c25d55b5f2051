import { backpropagate } from '../../../src/engine/autodiff/autodiff.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import type { Variable } from '../../../src/engine/graph/variables.js';
import { Random } from '../../../src/engine/random/random.js';
import { traceSample } from './guardedRun.js';
import { sampleInputs } from './sampleData.js';

/** Most elements of one input that are perturbed; of larger inputs a random choice. */
const MOVED = 48;
const STEP = 1e-5;

/**
 * Compares the gradient graph of a record, run in float64, with central differences of its reference.
 * @returns the largest difference relative to the largest gradient of the input, over all inputs
 */
export function gradientError(operation: Operation, sample: Sample<never>): number {
  const data = sampleInputs(operation, sample);
  const { graph, node, inputs } = traceSample(operation, sample);
  const random = new Random(11, `${operation.name}/${sample.name}/seeds`);
  const differentiable = node.outputs.filter((output) => output.dtype !== 'u32');
  const weights = differentiable.map((output) =>
    Float64Array.from({ length: logicalSize(output.type) }, () => random.normal()),
  );
  const seeds = differentiable.map((value, i) => ({
    value,
    gradient: graph.constant(weights[i], value.shape, value.dtype),
  }));
  const real = inputs.filter((input) => input.dtype !== 'u32');
  const gradients = backpropagate(seeds, real);
  const variables = new Map<Variable, Float64Array>();
  inputs.forEach((input, i) => {
    if (input.origin?.kind === 'variable') variables.set(input.origin.variable, data[i]);
  });
  const lookup = interpret(graph, { variables });
  const objective = (): number => {
    const tensors = data.map((values, i) => ({ shape: inputs[i].shape, data: values }));
    const outputs = operation.reference(tensors, sample.attributes);
    let sum = 0;
    node.outputs
      .map((output, i) => [output, outputs[i]] as const)
      .filter(([output]) => output.dtype !== 'u32')
      .forEach(([, values], i) => {
        for (let j = 0; j < values.length; j++) sum += values[j] * weights[i][j];
      });
    return sum;
  };
  let error = 0;
  real.forEach((input, i) => {
    const values = data[inputs.indexOf(input)];
    const gradient = gradients[i] ? lookup(gradients[i]).data : new Float64Array(values.length);
    const scale = gradient.reduce((largest, g) => Math.max(largest, Math.abs(g)), 1e-3);
    const indices = Array.from(values.keys());
    if (indices.length > MOVED) random.shuffle(indices).splice(MOVED);
    for (const j of indices) {
      const kept = values[j];
      values[j] = kept + STEP;
      const above = objective();
      values[j] = kept - STEP;
      const below = objective();
      values[j] = kept;
      error = Math.max(error, Math.abs((above - below) / (2 * STEP) - gradient[j]) / scale);
    }
  });
  return error;
}
