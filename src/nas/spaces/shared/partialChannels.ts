import type { Value } from '../../../engine/graph/graph.js';
import { channelsOf } from '../../../engine/graph/types.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { shuffleChannels } from '../../../engine/ops/copy/shuffleChannels.js';
import { split } from '../../../engine/ops/copy/split.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { weightedSum } from '../../../engine/ops/elementwise/weightedSum.js';

/** What an edge of a relaxed cell gives to its target. */
export interface EdgeValue {
  /** The edge's row in the table of weights. */
  readonly row: number;
  readonly target: number;
  readonly value: Value;
  /** The channels that pass the candidates by. */
  readonly bypass?: Value;
}

/** The channels of a node that its candidates see, and those that pass them by (Xu et al. 2020, PC-DARTS, section 3.1). */
export function partOfNode(node: Value, partial: number): readonly [Value, Value?] {
  if (partial === 1) return [node];
  const channels = channelsOf(node.type);
  const [part, rest] = split(node, [channels / partial, channels - channels / partial]);
  return [part, rest];
}

/**
 * The node that some edges give: their sum. Channels that passed by, each edge's times its weight (PC-DARTS, section 3.2), join
 * it before all are shuffled.
 * @param edges [edges]; 1 where absent
 */
export function joinEdges(received: readonly EdgeValue[], edges: Value | undefined, partial: number): Value {
  const mixed = add(...received.map(({ value }) => value));
  const passed = received.flatMap(({ bypass }) => bypass ?? []);
  if (passed.length === 0) return mixed;
  const rows = received.map(({ row }) => row);
  const joined = edges ? weightedSum(passed, edges, rows) : add(...passed);
  return shuffleChannels(concat([mixed, joined]), partial);
}
