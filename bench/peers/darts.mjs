import { layersOf } from './layers.mjs';

/** Columns of a table of alphas; the first, 'none', adds nothing. */
const MAX_POOL = 1;
const AVERAGE_POOL = 2;
const SKIP = 3;
const FIRST_CONVOLUTION = 4;
const NODES = 4;

/** The search network of DARTS (Liu et al. 2019, section 3.1); parameters as `logitsOf` of networks.mjs. */
export function dartsLogits(ops, workload, weights, alphas, x) {
  const { convolve, normalise, reluConvNorm, classify } = layersOf(ops, weights);
  const mixtures = { normal: ops.mixture(alphas.normal), reduction: ops.mixture(alphas.reduction) };

  const factorizedReduce = (name, value) => {
    const positive = ops.relu(value);
    const half = (part, half) => convolve(`${name}/${part}`, half, { stride: 2 });
    const both = ops.concat([half('even', positive), half('odd', ops.withoutFirst(positive))]);
    return normalise(`${name}/norm`, both);
  };
  const depthwisePointwise = (name, value, channels, stride, dilation) => {
    const spread = convolve(`${name}/depthwise`, ops.relu(value), { stride, dilation, groups: channels });
    return convolve(`${name}/pointwise`, spread);
  };
  const separable = (name, value, channels, stride) => {
    const first = normalise(`${name}/first/norm`, depthwisePointwise(`${name}/first`, value, channels, stride, 1));
    return normalise(`${name}/second/norm`, depthwisePointwise(`${name}/second`, first, channels, 1, 1));
  };
  const candidates = (name, value, channels, stride) => [
    [MAX_POOL, normalise(`${name}/max_pool_3x3/norm`, ops.maxPool3x3(value, stride))],
    [AVERAGE_POOL, normalise(`${name}/avg_pool_3x3/norm`, ops.averagePool3x3(value, stride))],
    [SKIP, stride === 1 ? value : factorizedReduce(`${name}/skip_connect`, value)],
    ...['sep_conv_3x3', 'sep_conv_5x5', 'dil_conv_3x3', 'dil_conv_5x5'].map((operation, index) => {
      const own = `${name}/${operation}`;
      const result = operation.startsWith('sep')
        ? separable(own, value, channels, stride)
        : normalise(`${own}/norm`, depthwisePointwise(own, value, channels, stride, 2));
      return [FIRST_CONVOLUTION + index, result];
    }),
  ];
  const cell = (name, before, last, { channels, reduction, afterReduction }) => {
    const nodes = [
      afterReduction ? factorizedReduce(`${name}/input 0`, before) : reluConvNorm(`${name}/input 0`, before),
      reluConvNorm(`${name}/input 1`, last),
    ];
    for (let node = 0, edge = 0; node < NODES; node++) {
      const terms = [];
      for (let from = 0; from < node + 2; from++, edge++) {
        const stride = reduction && from < 2 ? 2 : 1;
        for (const [operation, value] of candidates(`${name}/edge ${edge}`, nodes[from], channels, stride))
          terms.push([edge, operation, value]);
      }
      nodes.push(ops.weighted(terms, mixtures[reduction ? 'reduction' : 'normal']));
    }
    return ops.concat(nodes.slice(2));
  };

  const start = normalise('stem/norm', convolve('stem/conv', x));
  let [before, last] = [start, start];
  let { channels } = workload;
  let afterReduction = false;
  for (let index = 0; index < workload.cells; index++) {
    const reduction = index === Math.floor(workload.cells / 3) || index === Math.floor((2 * workload.cells) / 3);
    if (reduction) channels *= 2;
    [before, last] = [last, cell(`cell ${index}`, before, last, { channels, reduction, afterReduction })];
    afterReduction = reduction;
  }
  return classify(ops.meanOfPixels(last));
}
