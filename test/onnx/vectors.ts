import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attribute, type Model, readModel, readTensorFile, type Tensor } from './reader.js';

/** Folder of Debian's libonnx-testdata. */
const ROOT = '/usr/share/libonnx-testdata/data';

const COLLECTIONS = ['node', 'pytorch-converted', 'pytorch-operator'];

/**
 * Attributes with which the outputs were computed, but which the models lack: an error of the vectors, reported in
 * onnx/onnx#7749 and fixed in onnx/onnx#7763.
 */
const LACKING: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'node/test_adam_multiple': { epsilon: 1e-2 },
};

/** A model with inputs and expected outputs. */
export interface Vector {
  /** Collection and folder. */
  readonly name: string;
  readonly folder: string;
  readonly model: Model;
}

/** Whether the vectors are installed. */
export function hasVectors(): boolean {
  return existsSync(join(ROOT, COLLECTIONS[0]));
}

/** All installed vectors. */
export function* listVectors(): Generator<Vector> {
  for (const collection of COLLECTIONS)
    for (const entry of readdirSync(join(ROOT, collection)).sort()) {
      const folder = join(ROOT, collection, entry);
      const file = join(folder, 'model.onnx');
      const name = `${collection}/${entry}`;
      yield { name, folder, model: completed(readModel(file, readFileSync(file)), LACKING[name] ?? {}) };
    }
}

/** The model with its missing attributes added. */
function completed(model: Model, lacking: Readonly<Record<string, number>>): Model {
  const more = Object.entries(lacking).map(([name, value]): [string, Attribute] => [name, { kind: 'number', value }]);
  const nodes = model.nodes.map((node) => ({ ...node, attributes: new Map([...more, ...node.attributes]) }));
  return more.length > 0 ? { ...model, nodes } : model;
}

/** A vector's inputs or outputs, in order. */
export function readData({ folder }: Vector, kind: 'input' | 'output'): Tensor[] {
  const data = join(folder, 'test_data_set_0');
  const tensors: Tensor[] = [];
  for (;;) {
    const file = join(data, `${kind}_${tensors.length}.pb`);
    if (!existsSync(file)) return tensors;
    tensors.push(readTensorFile(file, readFileSync(file)));
  }
}
