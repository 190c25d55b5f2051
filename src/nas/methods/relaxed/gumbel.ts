import type { Value } from '../../../engine/graph/graph.js';
import type { Variable } from '../../../engine/graph/variables.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { scaleBy } from '../../../engine/ops/elementwise/weightedSum.js';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import { Random } from '../../../engine/random/random.js';
import type { Part, StepPlace } from '../../training/bilevel/relaxedRule.js';

/** A sample of the standard Gumbel distribution, always finite. */
export function gumbel(random: Random): number {
  return -Math.log(-Math.log((random.uint32() + 0.5) / 2 ** 32));
}

/** Noise for the rows of a table: the argmax of logits plus noise is a sample of their softmax (the Gumbel-max trick). */
export function gumbelNoise(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => gumbel(random));
}

/** Random numbers of one update; they depend on the step alone, so that saved states need not contain them. */
export function stepRandom(method: string, seed: number, { part, step }: Pick<StepPlace, 'part' | 'step'>): Random {
  return new Random(seed, `${method} ${part} ${step}`);
}

/** From `first` in the first epoch to `last` in the last one, linear in between. */
export function linearByEpoch(first: number, last: number, { epoch, epochs }: Pick<StepPlace, 'epoch' | 'epochs'>) {
  return epochs > 1 ? first + ((last - first) * epoch) / (epochs - 1) : first;
}

/** Names of the feeds of a table's concrete sample. */
export const noiseFeed = (part: Part, table: string) => `${part}/noise ${table}`;
export const inverseFeed = (part: Part) => `${part}/inverse temperature`;

/**
 * A sample of the concrete distribution (Maddison, Mnih and Teh 2017, 1611.00712; Jang, Gu and Poole 2017): softmax((alpha + G) / temperature) by
 * rows, with feeds for Gumbel noise and 1 / temperature. alpha replaces log softmax(alpha): they differ by a constant per row,
 * to which a softmax is invariant.
 */
export function concreteSample(alpha: Value, table: string, part: Part): Value {
  const { graph } = alpha;
  const noise = graph.feed(noiseFeed(part, table), alpha.shape);
  return softmax(scaleBy(add(alpha, noise), graph.feed(inverseFeed(part), [1]), 0));
}

/** One-hot rows: 1 at the largest element of every row of a row-major table, the first of equals. */
export function oneHotOfLargest(values: ArrayLike<number>, width: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    let best = start;
    for (let i = start + 1; i < start + width; i++) if (values[i] > values[best]) best = i;
    result[best] = 1;
  }
  return result;
}

/** Reads the present elements of a variable, row-major. */
export type ReadVariable = (variable: Variable) => Promise<ArrayLike<number>>;
