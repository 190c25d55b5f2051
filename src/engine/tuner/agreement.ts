import type { Node } from '../graph/graph.js';
import { tolerance } from '../ops/record/tolerance.js';

type Elements = Float32Array | Uint32Array;

/**
 * Whether two variants of a node's kernels give the same, but for rounding: each may be off the exact result by the tolerance
 * of its sums.
 * @returns what is wrong, or undefined
 */
export function disagreement(node: Node, got: readonly Elements[], wanted: readonly Elements[]): string | undefined {
  const length = node.operation.reductionLength(
    node.inputs.map(({ type }) => type),
    node.attributes,
  );
  for (const [index, values] of wanted.entries()) {
    const { dtype } = node.outputs[index].type;
    const allowed = dtype === 'u32' ? 0 : 2 * tolerance(length, values);
    // Both are rounded to f16.
    const rounding = dtype === 'f16' ? 2 ** -10 : 0;
    for (let i = 0; i < values.length; i++) {
      const most = allowed + rounding * Math.abs(values[i]);
      const same = Object.is(got[index][i], values[i]) || Math.abs(got[index][i] - values[i]) <= most;
      if (!same) return `output ${index}, element ${i}: got ${got[index][i]}, wanted ${values[i]} within ${most}`;
    }
  }
  return undefined;
}
