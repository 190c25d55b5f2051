import { symmetricEigen } from '../math/linearAlgebra.js';

/**
 * The largest eigenvalue of a symmetric matrix that is known by its products with vectors, by the Lanczos iteration with every
 * vector made orthogonal to all before (Golub and Van Loan, Matrix Computations, section 10.1). It takes as many products as power
 * iteration would have steps, and is as near after far fewer of them; of a matrix of eigenvalues below 0 as well it finds the largest,
 * where power iteration finds the farthest from 0.
 * @param start not zero; an eigenvalue is found only if its vector is not at a right angle to it
 * @param steps most products taken
 */
export async function largestEigenvalue(
  product: (vector: Float64Array) => Promise<Float64Array>,
  start: Float64Array,
  steps: number,
): Promise<number> {
  const basis = [scaled(start, 1 / norm(start))];
  const diagonal: number[] = [];
  const beside: number[] = [];
  for (;;) {
    const last = basis[basis.length - 1];
    const next = await product(last);
    diagonal.push(dot(next, last));
    // Twice, for what rounding leaves of the first time.
    for (const vector of [...basis, ...basis]) {
      const along = dot(next, vector);
      for (let i = 0; i < next.length; i++) next[i] -= along * vector[i];
    }
    const left = norm(next);
    const scale = Math.max(...diagonal.map(Math.abs), ...beside);
    if (diagonal.length === Math.min(steps, start.length) || !(left > 1e-6 * scale)) break;
    beside.push(left);
    basis.push(scaled(next, 1 / left));
  }
  const size = diagonal.length;
  const matrix = new Float64Array(size * size);
  diagonal.forEach((value, i) => {
    matrix[i * size + i] = value;
    if (i > 0) matrix[i * size + i - 1] = matrix[(i - 1) * size + i] = beside[i - 1];
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
