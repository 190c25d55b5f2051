import { typeKey, type ValueType } from './types.js';

/** The part of an operation that infers types. */
interface TypeInference {
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own attributes
  infer(inputs: readonly ValueType[], attributes: any): readonly ValueType[];
}

const inferred = new WeakMap<TypeInference, Map<string, readonly ValueType[]>>();

/**
 * Output types of an operation, cached by input types and attributes: networks repeat their layers.
 * @param attributesKey equal for equal attributes
 * @throws {ShapeError | DTypeError | AttributeError} as the operation's `infer`
 */
export function inferTypes(
  operation: TypeInference,
  inputs: readonly ValueType[],
  attributes: object,
  attributesKey: string,
): readonly ValueType[] {
  let known = inferred.get(operation);
  if (!known) inferred.set(operation, (known = new Map()));
  const key = `${inputs.map(typeKey).join()}${attributesKey}`;
  let types = known.get(key);
  if (!types) {
    types = operation.infer(inputs, attributes);
    known.set(key, types);
  }
  return types;
}
