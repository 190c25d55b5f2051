// NAS-Bench-201's networks and their relaxation on any framework's operations, by the names that the engine gives variables.

const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
];
export const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];

/**
 * Logits of a batch.
 * @param ops relu, conv(x, w, stride), batchNorm(x, gamma, beta), averagePool3x3, halve, add, meanOfPixels, linear(x, w, b),
 *   and for a supernet weighted(terms, alphas), terms being [edge, operation, value]
 * @param workload of kind network or supernet
 * @param weights by name; `alphas` is undefined for a network
 */
export function logitsOf(ops, workload, weights, alphas, x) {
  const convolve = (name, value, stride = 1) => ops.conv(value, weights[`${name}/weight`], stride);
  const normalise = (name, value) => ops.batchNorm(value, weights[`${name}/gamma`], weights[`${name}/beta`]);
  const reluConvNorm = (name, value, stride = 1) =>
    normalise(`${name}/norm`, convolve(`${name}/conv`, ops.relu(value), stride));

  const fixedEdge = (operation, name, value) => {
    if (operation === 'skip_connect') return value;
    return operation === 'avg_pool_3x3' ? ops.averagePool3x3(value) : reluConvNorm(name, value);
  };
  const operations =
    workload.kind === 'network' ? [...workload.architecture.matchAll(/([a-z_0-9]+)~/g)].map((m) => m[1]) : [];
  const cell = (name, input) => {
    const nodes = [input];
    for (let node = 1; node < 4; node++) {
      const terms = [];
      EDGES.forEach(([from, to], edge) => {
        if (to !== node) return;
        const edgeName = `${name}/edge ${edge}`;
        const value = nodes[from];
        if (workload.kind === 'network') {
          if (operations[edge] !== 'none') terms.push(fixedEdge(operations[edge], edgeName, value));
          return;
        }
        terms.push(
          [edge, 1, value],
          [edge, 2, reluConvNorm(`${edgeName}/1x1`, value)],
          [edge, 3, reluConvNorm(`${edgeName}/3x3`, value)],
          [edge, 4, ops.averagePool3x3(value)],
        );
      });
      nodes.push(workload.kind === 'network' ? terms.reduce(ops.add) : ops.weighted(terms, alphas));
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
  const features = ops.meanOfPixels(ops.relu(normalise('last/norm', value)));
  return ops.linear(features, weights['classifier/weight'], weights['classifier/bias']);
}
