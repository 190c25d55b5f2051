import type { Value } from '../../../engine/graph/graph.js';
import { channelsOf } from '../../../engine/graph/types.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { shuffleChannels } from '../../../engine/ops/copy/shuffleChannels.js';
import { split } from '../../../engine/ops/copy/split.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { weightedSum } from '../../../engine/ops/elementwise/weightedSum.js';

/** The contribution of an edge of a relaxed cell to its target. */
export interface EdgeValue {
  /** The edge's row in the table of weights. */
  readonly row: number;
  readonly target: number;
  readonly value: Value;
  /** The channels that bypass the candidates. */
  readonly bypass?: Value;
}

/** The channels of a node that its candidates process, and those that bypass them (Xu et al. 2020, PC-DARTS, section 3.1). */
export function partOfNode(node: Value, partial: number): readonly [Value, Value?] {
  if (partial === 1) return [node];
  const channels = channelsOf(node.type);
  const [part, rest] = split(node, [channels / partial, channels - channels / partial]);
  return [part, rest];
}

/**
 * A node from its incoming edges: their sum. Bypassed channels, summed with the weight of each edge (PC-DARTS, section 3.2), are
 * concatenated to it before all channels are shuffled.
 * @param edges weights [edges]; default 1
 */
export function joinEdges(received: readonly EdgeValue[], edges: Value | undefined, partial: number): Value {
  const mixed = add(...received.map(({ value }) => value));
  const passed = received.flatMap(({ bypass }) => bypass ?? []);
  if (passed.length === 0) return mixed;
  const rows = received.map(({ row }) => row);
  const joined = edges ? weightedSum(passed, edges, rows) : add(...passed);
  return shuffleChannels(concat([mixed, joined]), partial);
}
