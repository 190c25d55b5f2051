/** Matrices of float64 are flat, row by row. */

/** Four independent partial sums, because a single one would serialise the additions. */
function dot(a: Float64Array, startA: number, b: Float64Array, startB: number, count: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    sum0 += a[startA + k] * b[startB + k];
    sum1 += a[startA + k + 1] * b[startB + k + 1];
    sum2 += a[startA + k + 2] * b[startB + k + 2];
    sum3 += a[startA + k + 3] * b[startB + k + 3];
  }
  for (; k < count; k++) sum0 += a[startA + k] * b[startB + k];
  return sum0 + sum1 + (sum2 + sum3);
}

/**
 * Cholesky factor in place: the lower triangle of a symmetric positive definite matrix becomes L, where L L^T is the
 * matrix; the part above the diagonal is not changed.
 * @returns false when the matrix is not positive definite
 */
export function cholesky(matrix: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      const sum = matrix[rowI + j] - dot(matrix, rowI, matrix, rowJ, j);
      if (j < i) matrix[rowI + j] = sum / matrix[rowJ + j];
      else if (sum > 0) matrix[rowI + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L x = b in place. */
export function solveLower(lower: Float64Array, size: number, vector: Float64Array): void {
  for (let i = 0; i < size; i++) {
    vector[i] = (vector[i] - dot(lower, i * size, vector, 0, i)) / lower[i * size + i];
  }
}

/** Solves L^T x = b in place. */
export function solveLowerTransposed(lower: Float64Array, size: number, vector: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    const value = (vector[i] /= lower[i * size + i]);
    for (let k = 0; k < i; k++) vector[k] -= lower[i * size + k] * value;
  }
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
 * section 8.5).
 * @param matrix is overwritten
 * @returns vectors as the columns of a matrix, in the order of the values
 */
export function symmetricEigen(matrix: Float64Array, size: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  let total = 0;
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (const entry of matrix) total += entry * entry;
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = 0; q < p; q++) off += matrix[p * size + q] ** 2;
    if (off <= 1e-28 * total) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(matrix, vectors, size, p, q);
  }
  return { values: Float64Array.from({ length: size }, (_, i) => matrix[i * size + i]), vectors };
}

/** The rotation that makes entry (p, q) zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const entry = matrix[p * size + q];
  if (entry === 0) return;
  const tau = (matrix[q * size + q] - matrix[p * size + p]) / (2 * entry);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const a = matrix[k * size + p];
    const b = matrix[k * size + q];
    matrix[k * size + p] = c * a - s * b;
    matrix[k * size + q] = s * a + c * b;
    const u = vectors[k * size + p];
    const v = vectors[k * size + q];
    vectors[k * size + p] = c * u - s * v;
    vectors[k * size + q] = s * u + c * v;
  }
  for (let k = 0; k < size; k++) {
    const a = matrix[p * size + k];
    const b = matrix[q * size + k];
    matrix[p * size + k] = c * a - s * b;
    matrix[q * size + k] = s * a + c * b;
  }
}
