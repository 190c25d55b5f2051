/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;

/**
 * Largest difference allowed between the output of a float32 kernel and the exact result. Rounding errors of a sum of
 * `length` terms grow like a random walk, with the square root of the length (Higham and Mary 2019, A new approach to
 * probabilistic rounding error analysis), relative to the magnitude of the whole output.
 */
export function tolerance(length: number, reference: ArrayLike<number>): number {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < reference.length; i++) {
    squares += reference[i] ** 2;
    largest = Math.max(largest, Math.abs(reference[i]));
  }
  const scale = Math.max(Math.sqrt(squares / reference.length), largest / 4, 1e-3);
  return 16 * Math.sqrt(Math.max(1, length)) * ROUNDOFF * scale;
}
