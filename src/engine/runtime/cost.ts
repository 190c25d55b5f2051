import type { Cost } from '../graph/operation.js';

/** Sum of the costs of some dispatches. */
export function totalCost(dispatches: readonly { readonly cost: Cost }[]): Cost {
  let multiplyAdds = 0;
  let bytes = 0;
  for (const { cost } of dispatches) {
    multiplyAdds += cost.multiplyAdds;
    bytes += cost.bytes;
  }
  return { multiplyAdds, bytes };
}
