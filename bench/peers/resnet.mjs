import { layersOf } from './layers.mjs';

/** ResNet-20 with projection shortcuts (He et al. 2016, section 4.2, option B); parameters as `logitsOf` of networks.mjs. */
export function resnetLogits(ops, workload, weights, _, x) {
  const { convNorm, classify } = layersOf(ops, weights);
  let value = ops.relu(convNorm('stem', x));
  for (let stage = 0; stage < 3; stage++)
    for (let block = 0; block < workload.cells; block++) {
      const name = `stage ${stage}/block ${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const shortcut = stride > 1 ? convNorm(`${name}/shortcut`, value, stride) : value;
      const residual = convNorm(`${name}/second`, ops.relu(convNorm(`${name}/first`, value, stride)));
      value = ops.relu(ops.add(residual, shortcut));
    }
  return classify(ops.meanOfPixels(value));
}
