import { philox4x32, purposeKey, unitInterval } from './philox.js';

/**
 * A stream of random numbers on the host, identified by seed and purpose (Philox4x32-10). Its state is one integer, `position`,
 * which can be saved and restored.
 */
export class Random {
  /** Number of 32-bit words drawn so far. */
  position = 0;
  private readonly key: readonly [number, number];
  private block: [number, number, number, number] = [0, 0, 0, 0];
  private blockIndex = -1;

  /**
   * @param seed an integer; its low 32 bits are used
   * @param purpose names the stream, so that streams of one seed are independent
   */
  constructor(
    readonly seed: number,
    readonly purpose: string,
  ) {
    this.key = [seed >>> 0, purposeKey(purpose)];
  }

  /** The next unsigned 32-bit word. */
  uint32(): number {
    const index = Math.floor(this.position / 4);
    if (index !== this.blockIndex) {
      this.block = philox4x32([index >>> 0, Math.floor(index / 2 ** 32), 0, 0], this.key);
      this.blockIndex = index;
    }
    return this.block[this.position++ % 4];
  }

  /** Uniform in [0, 1), a multiple of 2^-24. */
  uniform(): number {
    return unitInterval(this.uint32());
  }

  /**
   * Uniform integer in [0, limit), unbiased by rejection sampling.
   * @throws {RangeError} when `limit` is not an integer from 1 to 2^32
   */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 32)
      throw new RangeError(`Random.integer: limit is ${limit}, wanted an integer from 1 to 2^32`);
    const end = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const word = this.uint32();
      if (word < end) return word % limit;
    }
  }

  /** Standard normal number, by the Box-Muller transform. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A uniformly chosen item. @throws {RangeError} when there are none */
  choice<T>(items: readonly T[]): T {
    return items[this.integer(items.length)];
  }

  /** Shuffles in place (Fisher-Yates). @returns `items` */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }
}
