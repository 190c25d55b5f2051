/** Rounds a number to IEEE 754 binary16, ties to even. @returns the 16 bits */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // Halfway from the largest finite number to the next power of two: from here on it rounds to infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  bits.setFloat32(0, magnitude);
  const exponent = Math.max(-14, (bits.getUint32(0) >>> 23) - 127);
  // The significand in units in the last place, up to 11 bits. That of a subnormal number is its encoding.
  const units = roundToEven(magnitude / 2 ** (exponent - 10));
  return sign | (((exponent + 14) << 10) + units);
}

/** Decodes an IEEE 754 binary16 number. @param half its 16 bits */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const bits = new DataView(new ArrayBuffer(4));

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
