import type { Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { normal } from '../../../engine/nn/initializers.js';
import { multiply } from '../../../engine/ops/elementwise/multiply.js';
import { matmul } from '../../../engine/ops/matmul/matmul.js';
import { broadcastRow, sumRows } from '../../../engine/ops/reduce/reduce.js';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import type { Supernet } from '../../networks/classifier.js';
import type { RelaxedTable } from '../../spaces/shared/space.js';
import { type JointRule, softmaxRows } from '../../training/bilevel/relaxedRule.js';
import { maskedSoftmax } from './maskedSoftmax.js';

/** Standard deviation of the initial parameters of edges. */
const INITIAL_DEVIATION = 1e-3;

/**
 * Edge normalisation (Xu et al. 2020, PC-DARTS, eq. 2): the weight of a candidate is the softmax over the operations of its edge times
 * the softmax, over the edges into its node, of a parameter beta per edge. Parameters: the tables, then a row [edges] for each.
 */
export function edgeNormalizedRule(supernet: Supernet, tables: readonly RelaxedTable[]): JointRule {
  const parameters = new VariableSet('alphas');
  const alphas = supernet.alphas.variables.map(({ name, type, initializer }) =>
    parameters.add(name, type.shape, initializer),
  );
  const betas = tables.map(({ name, edges }) =>
    parameters.add(`${name} edges`, [edges.length], normal(0, INITIAL_DEVIATION)),
  );
  return {
    updates: 'joint',
    parameters,
    trace: (graph) => {
      const onDiagonal = betas.map((beta, i) => diagonalOfShares(graph.read(beta), tables[i]));
      return {
        mixture: {
          weights: alphas.map((alpha, i) => matmul(onDiagonal[i], softmax(graph.read(alpha)))),
          edges: onDiagonal.map((matrix) => sumRows(matrix)),
        },
      };
    },
    operationScores: (values) =>
      tables.map((table, i) => {
        const width = table.operations.length;
        const shares = edgeShares(table, values[tables.length + i]);
        return softmaxRows(values[i], width).map((weight, index) => weight * shares[Math.floor(index / width)]);
      }),
  };
}

/** The softmax over the edges into each node. @param betas [edges] @returns [edges] */
function edgeShares({ edges }: RelaxedTable, betas: ArrayLike<number>): Float32Array {
  const shares = new Float32Array(edges.length);
  for (const node of new Set(edges.map(([, target]) => target))) {
    const rows = edges.flatMap(([, target], row) => (target === node ? [row] : []));
    const softmaxed = softmaxRows(
      rows.map((row) => betas[row]),
      rows.length,
    );
    rows.forEach((row, i) => {
      shares[row] = softmaxed[i];
    });
  }
  return shares;
}

/** The softmax over the edges into each node as a diagonal matrix [edges, edges], to multiply a table [edges, operations] by. */
function diagonalOfShares(betas: Value, { edges }: RelaxedTable): Value {
  const { graph } = betas;
  const count = edges.length;
  const mask = (has: (row: number, column: number) => boolean) =>
    Array.from({ length: count * count }, (_, i) => has(Math.floor(i / count), i % count));
  const rivals = mask((row, column) => edges[row][1] === edges[column][1]);
  const diagonal = graph.constant(mask((row, column) => row === column).map(Number), [count, count]);
  return multiply(maskedSoftmax(broadcastRow(betas, diagonal.type), rivals), diagonal);
}
