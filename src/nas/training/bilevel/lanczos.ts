import { symmetricEigen } from '../../math/linearAlgebra.js';

/**
 * The largest eigenvalue of a symmetric matrix given by its products with vectors, by the Lanczos iteration with full
 * reorthogonalisation (Golub and Van Loan, Matrix Computations, section 10.1). A step takes one product, as a step of power
 * iteration does, and convergence is much faster; of an indefinite matrix it finds the largest eigenvalue, where power iteration
 * finds the one of largest magnitude.
 * @param product the matrix times a vector
 * @param start not zero; an eigenvalue is found only if its eigenvector is not orthogonal to it
 * @param steps largest number of products
 */
export async function largestEigenvalue(
  product: (vector: Float64Array) => Promise<Float64Array>,
  start: Float64Array,
  steps: number,
): Promise<number> {
  const basis = [scaled(start, 1 / norm(start))];
  const diagonal: number[] = [];
  const offDiagonal: number[] = [];
  for (;;) {
    const last = basis[basis.length - 1];
    const next = await product(last);
    diagonal.push(dot(next, last));
    // Twice, because rounding errors of the first pass leave the result not quite orthogonal.
    for (const vector of [...basis, ...basis]) {
      const component = dot(next, vector);
      for (let i = 0; i < next.length; i++) next[i] -= component * vector[i];
    }
    const residual = norm(next);
    const scale = Math.max(...diagonal.map(Math.abs), ...offDiagonal);
    if (diagonal.length === Math.min(steps, start.length) || !(residual > 1e-6 * scale)) break;
    offDiagonal.push(residual);
    basis.push(scaled(next, 1 / residual));
  }
  const size = diagonal.length;
  const matrix = new Float64Array(size * size);
  diagonal.forEach((value, i) => {
    matrix[i * size + i] = value;
    if (i > 0) matrix[i * size + i - 1] = matrix[(i - 1) * size + i] = offDiagonal[i - 1];
  });
  return Math.max(...symmetricEigen(matrix, size).values);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function scaled(a: Float64Array, factor: number): Float64Array {
  return a.map((value) => value * factor);
}
