import type { Features } from './predictor.js';

/** Squared Euclidean distances to the fitted rows. */
export class Distances {
  /** columns[column * rows + row], so that features that are 0, as most of an encoding are, can be skipped. */
  private readonly columns: Float64Array;
  private readonly norms: Float64Array;
  readonly rows: number;

  constructor({ rows, width, values }: Features) {
    this.rows = rows;
    this.columns = new Float64Array(rows * width);
    this.norms = new Float64Array(rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < width; column++) {
        const value = values[row * width + column];
        this.columns[column * rows + row] = value;
        this.norms[row] += value * value;
      }
  }

  /** Writes the distances from one row of `features` to every fitted row into `result`; never below 0. */
  from({ width, values }: Features, row: number, result: Float64Array): void {
    const { rows, columns, norms } = this;
    result.set(norms);
    let norm = 0;
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      if (value === 0) continue;
      norm += value * value;
      const start = column * rows;
      const twice = 2 * value;
      for (let i = 0; i < rows; i++) result[i] -= twice * columns[start + i];
    }
    for (let i = 0; i < rows; i++) {
      const distance = result[i] + norm;
      // Smaller values are rounding errors: the rows are equal.
      result[i] = distance > 1e-12 * (norm + norms[i]) ? distance : 0;
    }
  }
}
