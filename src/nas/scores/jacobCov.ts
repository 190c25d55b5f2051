import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { backpropagate } from '../../engine/autodiff/autodiff.js';
import { logicalSize } from '../../engine/graph/types.js';
import { withUntrained } from './network.js';
import type { Score } from './score.js';

/** Keeps logarithm and quotient finite. */
const K = 1e-5;

/**
 * How different the network's Jacobians are for different images: gradients of the summed logits with respect to every image,
 * eigenvalues v of their correlation matrix, -sum(log(v + k) + 1 / (v + k)).
 */
export const jacobCov: Score = {
  name: 'jacob-cov',
  paper: 'Mellor et al. 2020, 2006.04647v1, section 3, as in 2101.08134',
  needs: 'images',
  evaluate: (context, architecture) =>
    withUntrained(
      context,
      architecture,
      {},
      ({ graph, images, logits }) => {
        const ones = graph.constant(new Float32Array(logicalSize(logits.type)).fill(1), logits.shape);
        const [gradient] = backpropagate([{ value: logits, gradient: ones }], [images]);
        if (gradient) graph.output('jacobian', gradient);
      },
      async ({ run, read }) => {
        run();
        return correlationScore(await read('jacobian'), context.batch);
      },
    ),
};

/** @param jacobian rows of equal length, one after the other @returns NaN where a row is constant */
function correlationScore(jacobian: Float32Array, rows: number): number {
  const correlations = correlationMatrix(jacobian, rows);
  if (correlations.some((row) => row.some(Number.isNaN))) return Number.NaN;
  return -symmetricEigenvalues(correlations).reduce((total, v) => total + Math.log(v + K) + 1 / (v + K), 0);
}

/** Pearson correlation matrix of the rows. */
function correlationMatrix(data: Float32Array, rows: number): number[][] {
  const length = data.length / rows;
  const normalised = Array.from({ length: rows }, (_, i) => {
    const row = Float64Array.from(data.subarray(i * length, (i + 1) * length));
    const mean = row.reduce((total, value) => total + value, 0) / length;
    const centred = row.map((value) => value - mean);
    const norm = Math.sqrt(centred.reduce((total, value) => total + value * value, 0));
    return centred.map((value) => value / norm);
  });
  return gramMatrix(normalised);
}

/** Eigenvalues in ascending order. */
export function symmetricEigenvalues(matrix: number[][]): number[] {
  return new EigenvalueDecomposition(new Matrix(matrix), { assumeSymmetric: true }).realEigenvalues;
}

/** Gram matrix: dot products of all pairs of rows. */
export function gramMatrix(rows: readonly ArrayLike<number>[]): number[][] {
  const gram = rows.map(() => new Array<number>(rows.length));
  rows.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const other = rows[j];
      let dot = 0;
      for (let k = 0; k < row.length; k++) dot += row[k] * other[k];
      gram[i][j] = gram[j][i] = dot;
    }
  });
  return gram;
}
