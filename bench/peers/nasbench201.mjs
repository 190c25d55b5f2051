import { layersOf } from './layers.mjs';

const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
];

/** NAS-Bench-201's networks and their relaxation (Dong and Yang 2020, section 2.1); parameters as `logitsOf` of networks.mjs. */
export function nasbench201Logits(ops, workload, weights, alphas, x) {
  const { convolve, normalise, reluConvNorm, classify } = layersOf(ops, weights);
  const mixture = alphas.alpha && ops.mixture(alphas.alpha);
  const candidate = (name, value) => normalise(`${name}/norm`, convolve(name, ops.relu(value)));
  const fixedEdge = (operation, name, value) => {
    if (operation === 'skip_connect') return value;
    return operation === 'avg_pool_3x3' ? ops.averagePool3x3(value) : reluConvNorm(name, value);
  };
  const operations = mixture ? [] : [...workload.architecture.matchAll(/([a-z_0-9]+)~/g)].map((m) => m[1]);
  const cell = (name, input) => {
    const nodes = [input];
    for (let node = 1; node < 4; node++) {
      const terms = [];
      EDGES.forEach(([from, to], edge) => {
        if (to !== node) return;
        const edgeName = `${name}/edge ${edge}`;
        const value = nodes[from];
        if (!mixture) {
          if (operations[edge] !== 'none') terms.push(fixedEdge(operations[edge], edgeName, value));
          return;
        }
        terms.push(
          [edge, 1, value],
          [edge, 2, candidate(`${edgeName}/nor_conv_1x1`, value)],
          [edge, 3, candidate(`${edgeName}/nor_conv_3x3`, value)],
          [edge, 4, ops.averagePool3x3(value)],
        );
      });
      nodes.push(mixture ? ops.weighted(terms, mixture) : terms.reduce(ops.add));
    }
    return nodes[3];
  };

  let value = normalise('stem/norm', convolve('stem/conv', x));
  for (let stage = 0; stage < 3; stage++) {
    if (stage > 0) {
      const name = `stage ${stage}/reduction`;
      const residual = reluConvNorm(`${name}/second`, reluConvNorm(`${name}/first`, value, 2));
      value = ops.add(residual, convolve(`${name}/shortcut`, ops.halve(value)));
    }
    for (let n = 0; n < workload.cells; n++) value = cell(`stage ${stage}/cell ${n}`, value);
  }
  return classify(ops.meanOfPixels(ops.relu(normalise('last/norm', value))));
}
