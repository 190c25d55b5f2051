import { backpropagate } from '../../src/engine/autodiff/autodiff.js';
import type { Value } from '../../src/engine/graph/graph.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import { type Initializer, type Variable, VariableSet } from '../../src/engine/graph/variables.js';
import { ones } from '../../src/engine/nn/initializers.js';
import { conv2d } from '../../src/engine/ops/conv/conv2d.js';
import { convolutionWeightLayout } from '../../src/engine/ops/conv/conv2dGeometry.js';
import { relu } from '../../src/engine/ops/elementwise/relu.js';
import { matmul } from '../../src/engine/ops/matmul/matmul.js';
import { batchNorm } from '../../src/engine/ops/norm/batchNorm.js';
import { averagePool } from '../../src/engine/ops/pool/averagePool.js';
import { maxPool } from '../../src/engine/ops/pool/maxPool.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Prepared } from '../harness/prepared.js';
import { readTensors } from '../harness/tensors.js';
import { type Layer, outputShape, type Parameter, paddingOf, parametersOf } from './layers.js';
import type { OperationWorkload } from './workloads.js';

const SEED = 1;

/** Uniform in [-1, 1). */
export const noise: Initializer = (type, random) =>
  Float32Array.from({ length: logicalSize(type) }, () => 2 * random.uniform() - 1);

/** Compiles a workload: variables x, dy and parameters, outputs y and, backward, the gradients of x and the parameters. */
export async function prepareOperation(engine: Engine, workload: OperationWorkload): Promise<Prepared> {
  const { input, layers, backward } = workload;
  const set = new VariableSet(workload.name);
  const x = set.add('x', input, noise);
  let shape = [...input];
  const parameters = layers.map((layer, index) => {
    const own = parametersOf(layer, shape).map((parameter) => addParameter(set, index, layer, parameter));
    shape = outputShape(layer, shape);
    return own;
  });
  const dy = set.add('dy', shape, noise);
  engine.allocate(set, SEED);
  const variables = [x, ...parameters.flat()];
  const outputs = ['y', ...(backward ? variables.map(({ name }) => `d${name}`) : [])];
  const program = await engine.compile((graph) => {
    const y = layers.reduce(
      (value, layer, index) => applyLayer(layer, value, ...parameters[index].map((variable) => graph.read(variable))),
      graph.read(x),
    );
    graph.output('y', y);
    if (!backward) return;
    const inputs = variables.map((variable) => graph.read(variable));
    for (const [i, gradient] of backpropagate([{ value: y, gradient: graph.read(dy) }], inputs).entries())
      graph.output(outputs[1 + i], gradient as Value);
  });
  return {
    program,
    tensors: () => readTensors(engine, [set]),
    feeds: () => ({}),
    outputs,
    dispose: () => {
      program.dispose();
      engine.release(set);
    },
  };
}

function addParameter(set: VariableSet, index: number, layer: Layer, { name, shape }: Parameter): Variable {
  const layout =
    layer.type === 'matmul' ? 'matrix' : layer.type === 'convolution' ? convolutionWeightLayout(layer.groups) : 'rows';
  return set.add(`${index}/${name}`, shape, name === 'gamma' ? ones : noise, { layout });
}

function applyLayer(layer: Layer, x: Value, ...[first, second]: readonly Value[]): Value {
  switch (layer.type) {
    case 'convolution': {
      const { stride, dilation, groups } = layer;
      return conv2d(x, first, { stride, dilation, groups, padding: paddingOf(layer) });
    }
    case 'maxPool':
      return maxPool(x, { kernel: 3, stride: layer.stride, padding: 1 });
    case 'averagePool':
      return averagePool(x, { kernel: 3, stride: layer.stride, padding: 1, countPadding: false });
    case 'batchNorm':
      return batchNorm(x, { mode: 'training', gamma: first, beta: second });
    case 'relu':
      return relu(x);
    case 'matmul':
      return matmul(x, first);
  }
}
