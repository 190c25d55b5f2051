/** Represents NaN in a column of integers. */
const MISSING = -(2 ** 31);
/** 10^9 is the largest power of ten by which a value of at least 1 can be scaled within Int32. */
const MOST_DECIMALS = 9;

/** Numbers stored exactly in little memory: decimals as Int32 with a common power of ten, others as Float64. */
export class PackedNumbers {
  private readonly values: Int32Array | Float64Array;
  private readonly scale: number;

  constructor(values: Float64Array) {
    for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
      const scaled = scale(values, 10 ** decimals);
      if (!scaled) continue;
      this.values = scaled;
      this.scale = 10 ** decimals;
      return;
    }
    this.values = values;
    this.scale = 1;
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  at(index: number): number {
    const value = this.values[index];
    return value === MISSING && this.values instanceof Int32Array ? Number.NaN : value / this.scale;
  }

  all(): Float64Array {
    return Float64Array.from(this.values, (_, index) => this.at(index));
  }
}

/** The values times a power of ten, if dividing by it restores them exactly. */
function scale(values: Float64Array, power: number): Int32Array | undefined {
  const scaled = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const whole = Math.round(values[i] * power);
    scaled[i] = Number.isNaN(whole) ? MISSING : whole;
    if (Number.isNaN(whole)) continue;
    if (scaled[i] === MISSING || !Object.is(scaled[i] / power, values[i])) return undefined;
  }
  return scaled;
}
