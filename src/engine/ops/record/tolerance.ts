/** Unit roundoff of float32. */
const ROUNDOFF = 2 ** -24;

/**
 * Largest difference allowed between what a float32 kernel gives and the exact result: rounding errors of a sum of `length`
 * terms grow like a random walk, with the root of its length, and are relative to the size of the output as a whole.
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
