import type { Node } from '../graph/graph.js';
import { tolerance } from '../ops/record/tolerance.js';

type Elements = Float32Array | Uint32Array;

/**
 * Compares the outputs of two variants of a node's kernels. They agree if they differ by no more than twice the tolerance of the
 * node's sums, since each may differ from the exact result by that tolerance.
 * @param got outputs of one variant, row-major without padding
 * @param wanted outputs of the other
 * @returns the first difference as text; undefined when they agree
 */
export function disagreement(node: Node, got: readonly Elements[], wanted: readonly Elements[]): string | undefined {
  const length = node.operation.reductionLength(
    node.inputs.map(({ type }) => type),
    node.attributes,
  );
  for (const [index, values] of wanted.entries()) {
    const { dtype } = node.outputs[index].type;
    const allowed = dtype === 'u32' ? 0 : 2 * tolerance(length, values);
    // Both are rounded to f16, whose spacing is 2^-10 relative to the value.
    const rounding = dtype === 'f16' ? 2 ** -10 : 0;
    for (let i = 0; i < values.length; i++) {
      const most = allowed + rounding * Math.abs(values[i]);
      const same = Object.is(got[index][i], values[i]) || Math.abs(got[index][i] - values[i]) <= most;
      if (!same) return `output ${index}, element ${i}: got ${got[index][i]}, wanted ${values[i]} within ${most}`;
    }
  }
  return undefined;
}
