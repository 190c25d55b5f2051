import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { cholesky, solveLower, solveLowerTransposed, symmetricEigen } from '../../../src/nas/math/linearAlgebra.js';
import { largestDifference } from '../predictors/support.js';

/** B B^T + ridge, of a random B. */
function positive(size: number, ridge: number): Float64Array {
  const random = new Random(size, 'matrix');
  const b = Float64Array.from({ length: size * size }, () => random.normal());
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) product[i * size + j] += b[i * size + k] * b[j * size + k];
      if (i === j) product[i * size + j] += ridge;
    }
  return product;
}

describe.each([1, 2, 7, 30])('of %d rows', (size) => {
  it('the Cholesky factor solves equations', () => {
    const matrix = positive(size, 1);
    const solution = Float64Array.from({ length: size }, (_, i) => i - 2.5);
    const vector = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) vector[i] += matrix[i * size + j] * solution[j];
    expect(cholesky(matrix, size)).toBe(true);
    solveLower(matrix, size, vector);
    solveLowerTransposed(matrix, size, vector);
    expect(largestDifference(vector, solution)).toBeLessThan(1e-9);
  });

  it('eigenvalues and orthonormal eigenvectors reproduce the matrix', () => {
    const matrix = positive(size, 0);
    const { values, vectors } = symmetricEigen(matrix.slice(), size);
    const again = new Float64Array(size * size);
    const gram = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        for (let k = 0; k < size; k++) {
          again[i * size + j] += vectors[i * size + k] * values[k] * vectors[j * size + k];
          gram[i * size + j] += vectors[k * size + i] * vectors[k * size + j];
        }
    const identity = Float64Array.from(gram, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
    expect(largestDifference(again, matrix)).toBeLessThan(1e-10);
    expect(largestDifference(gram, identity)).toBeLessThan(1e-12);
  });
});

it('a matrix that is not positive definite has no Cholesky factor', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
});
