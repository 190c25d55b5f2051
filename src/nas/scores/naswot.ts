import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { codeProducts, hammingDistances } from './activationCodes.js';
import { reluOutputs, withUntrained } from './network.js';
import type { Score } from './score.js';

/**
 * log|det K|, where K[i, j] is the number of ReLU units whose activation is equal for images i and j of the batch, over all layers
 * (Mellor et al. 2021, 2006.04647, equation 2; K as in their code, which sums over layers). Published with batches of 128; values of
 * different batch sizes are not comparable. NaN where K is singular: some images have equal codes, as in a cell without a path from
 * input to output.
 */
export const naswot: Score = {
  name: 'naswot',
  paper: 'Mellor, Turner, Storkey and Crowley 2021, Neural Architecture Search without Training, arXiv 2006.04647',
  needs: 'images',
  evaluate(context, architecture) {
    let units = 0;
    return withUntrained(
      context,
      architecture,
      {},
      ({ graph }) => {
        const codes = codeProducts(graph, reluOutputs(graph));
        units = codes.units;
        graph.output('codes', codes.products);
      },
      async (network) => {
        network.run();
        const distances = hammingDistances(await network.read('codes'), context.batch);
        return logDeterminant(
          distances.map((distance) => units - distance),
          context.batch,
        );
      },
    );
  },
};

/**
 * log det of a positive semidefinite matrix, row-major. NaN where it is singular to within float64: a pivot is smaller than the
 * rounding error of the elements.
 */
export function logDeterminant(elements: Float64Array, size: number): number {
  const matrix = Matrix.from1DArray(size, size, elements);
  const lower = new CholeskyDecomposition(matrix).lowerTriangularMatrix;
  const smallest = size * Number.EPSILON * Math.max(...matrix.diagonal());
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const pivot = lower.get(i, i) ** 2;
    if (!(pivot > smallest)) return Number.NaN;
    sum += Math.log(pivot);
  }
  return sum;
}
