/**
 * The one input that is not a constant of a given number throughout: what a sum with zeros or a product with ones is equal
 * to. Undefined where there are several.
 */
export function onlyOther(constants: readonly (ArrayLike<number> | undefined)[], neutral: number): number | undefined {
  const others = constants.flatMap((data, index) => (data && isAll(data, neutral) ? [] : [index]));
  return others.length === 1 ? others[0] : undefined;
}

function isAll(data: ArrayLike<number>, number: number): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== number) return false;
  return true;
}
