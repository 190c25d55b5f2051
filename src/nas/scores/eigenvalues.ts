/**
 * Eigenvalues of a symmetric matrix, ascending, by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5).
 * @param matrix rows; not changed
 */
export function symmetricEigenvalues(matrix: readonly ArrayLike<number>[]): number[] {
  const a = matrix.map((row) => Float64Array.from(row));
  const size = a.length;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let total = 0;
    for (let p = 0; p < size; p++)
      for (let q = 0; q < size; q++) {
        total += a[p][q] ** 2;
        if (p !== q) off += a[p][q] ** 2;
      }
    if (!(off > 1e-30 * total)) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, p, q);
  }
  return a.map((row, i) => row[i]).sort((x, y) => x - y);
}

/** Makes a[p][q] zero. */
function rotate(a: readonly Float64Array[], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of a) {
    const [x, y] = [row[p], row[q]];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p], a[q]];
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k], rowQ[k]];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
}
