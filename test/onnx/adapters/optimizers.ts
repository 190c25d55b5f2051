import type { Value } from '../../../src/engine/graph/graph.js';
import type { VariableSet } from '../../../src/engine/graph/variables.js';
import { assembleGradients } from '../../../src/engine/ops/copy/assembleGradients.js';
import { adamUpdate } from '../../../src/engine/ops/optim/adam.js';
import { sgdUpdate } from '../../../src/engine/ops/optim/sgd.js';
import { type Adapter, type NodeCall, type Tracer, Unsupported } from '../call.js';

/**
 * Inputs of an optimiser: learning rate, step, then parameters, gradients and state, the same number of each.
 * @param states tensors of state for each parameter
 */
function setsOf(call: NodeCall, tracer: Tracer, states: number) {
  const count = (call.inputCount - 2) / (2 + states);
  const group = (index: number) => Array.from({ length: count }, (_, i) => call.float(2 + index * count + i));
  const parameters = tracer.variables(group(0));
  const gradients = group(1).map((tensor) => tracer.feed(tensor));
  return {
    parameters,
    gradient: assembleGradients(tracer.graph, gradients, parameters),
    states: Array.from({ length: states }, (_, i) => tracer.variables(group(2 + i))),
  };
}

function scalar(tracer: Tracer, value: number): Value {
  return tracer.graph.constant([value], []);
}

const variablesOf = (sets: readonly VariableSet[]) => sets.flatMap((set) => set.variables);

/** norm_coefficient is weight decay added to the gradient, as in the engine; alpha is the momentum. */
export const momentum: Adapter = (call) => {
  const step = call.integers(1)[0];
  // ONNX multiplies the gradient by beta from the second step on, weight decay included; the engine never does.
  if (step > 0 && call.number('beta', 1) !== 1) throw new Unsupported('momentum with dampening');
  const [rate] = call.float(0).data;
  return call.run((tracer) => {
    const { parameters, gradient, states } = setsOf(call, tracer, 1);
    const { graph } = tracer;
    sgdUpdate(graph.readSet(parameters), graph.readSet(states[0]), gradient, scalar(tracer, rate), scalar(tracer, 1), {
      momentum: call.number('alpha', 0),
      weightDecay: call.number('norm_coefficient', 0),
      nesterov: call.text('mode', 'standard') === 'nesterov',
    });
    return variablesOf([parameters, ...states]);
  });
};

/**
 * ONNX: x -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * v / (sqrt(h) + epsilon), and no corrections at step 0. In the
 * engine's form (Kingma and Ba, algorithm 1) that is an epsilon divided by sqrt(1 - beta2^t).
 */
export const adam: Adapter = (call) => {
  const step = call.integers(1)[0];
  if (call.number('norm_coefficient_post', 0) !== 0) throw new Unsupported('Adam with decoupled weight decay');
  const [beta1, beta2] = [call.number('alpha', 0.9), call.number('beta', 0.999)];
  const [correction1, correction2] = step > 0 ? [1 - beta1 ** step, 1 - beta2 ** step] : [1, 1];
  const [rate] = call.float(0).data;
  return call.run((tracer) => {
    const { parameters, gradient, states } = setsOf(call, tracer, 2);
    const { graph } = tracer;
    const rates = graph.constant([rate, correction1, correction2], [3]);
    const [first, second] = states.map((state) => graph.readSet(state));
    adamUpdate(graph.readSet(parameters), first, second, gradient, rates, scalar(tracer, 1), {
      beta1,
      beta2,
      epsilon: call.number('epsilon', 0) / Math.sqrt(correction2),
      weightDecay: call.number('norm_coefficient', 0),
    });
    return variablesOf([parameters, ...states]);
  });
};
