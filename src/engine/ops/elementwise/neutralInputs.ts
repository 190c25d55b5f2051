/**
 * Index of the only input that is not a constant filled with the neutral element (zeros of a sum, ones of a product): the
 * result equals that input. Undefined where several inputs are not.
 */
export function onlyNonNeutral(
  constants: readonly (ArrayLike<number> | undefined)[],
  neutral: number,
): number | undefined {
  const others = constants.flatMap((data, index) => (data && isAll(data, neutral) ? [] : [index]));
  return others.length === 1 ? others[0] : undefined;
}

function isAll(data: ArrayLike<number>, number: number): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== number) return false;
  return true;
}
