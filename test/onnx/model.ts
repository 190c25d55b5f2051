import type { Engine } from '../../src/engine/runtime/engine.js';
import { engineAdapters, hostAdapters } from './adapters.js';
import { NodeCall, Unsupported } from './call.js';
import type { Model, Tensor } from './reader.js';

/** Operators of a model without an adapter, each once. */
export function missingOperators({ nodes }: Model): string[] {
  const missing = nodes
    .map(({ operator }) => operator)
    .filter((operator) => !(operator in engineAdapters) && !(operator in hostAdapters));
  return [...new Set(missing)];
}

/** Whether the engine computes any node of a model. */
export function usesEngine({ nodes }: Model): boolean {
  return nodes.some(({ operator }) => operator in engineAdapters);
}

/**
 * Runs a model node by node, each as a separate program, so that tensors between nodes keep ONNX's layout.
 * @param inputs contents of the graph's inputs that no initialiser gives, in order
 * @returns the graph's outputs, in order
 * @throws {Unsupported} when the model needs a feature that the engine lacks
 */
export async function runModel(engine: Engine, model: Model, inputs: readonly Tensor[]): Promise<Tensor[]> {
  const missing = missingOperators(model);
  if (missing.length > 0) throw new Unsupported(`operator ${missing[0]}`);
  const values = new Map(model.initializers.map((tensor) => [tensor.name, tensor]));
  const open = model.inputs.filter(({ name }) => !values.has(name));
  if (open.length !== inputs.length)
    throw new Error(`${model.file}: got ${inputs.length} inputs, wanted ${open.length}`);
  open.forEach(({ name }, index) => {
    values.set(name, inputs[index]);
  });
  const find = (name: string): Tensor => {
    const tensor = values.get(name);
    if (!tensor) throw new Error(`${model.file}: value "${name}" is used before it is computed`);
    return tensor;
  };
  for (const node of model.nodes) {
    const opset = model.opsets.get(node.domain) ?? 1;
    const adapter = engineAdapters[node.operator] ?? hostAdapters[node.operator];
    const call = new NodeCall(
      engine,
      node,
      opset,
      node.inputs.map((name) => (name === '' ? undefined : find(name))),
    );
    const results = await adapter(call);
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (name !== '' && result)
        values.set(name, { name, type: result.type ?? 'float', shape: result.shape, data: result.data });
    });
  }
  return model.outputs.map(({ name }) => find(name));
}
