/** Convolution, batch norm and their sequence behind a ReLU, by the names that the engine's layers give. */
export function layersOf(ops, weights) {
  const convolve = (name, x, options = {}) => ops.conv(x, weights(`${name}/weight`), options);
  const normalise = (name, x) => ops.batchNorm(x, weights(`${name}/gamma`, false), weights(`${name}/beta`, false));
  return {
    convolve,
    normalise,
    convNorm: (name, x, stride = 1) => normalise(`${name}/norm`, convolve(`${name}/conv`, x, { stride })),
    reluConvNorm: (name, x, stride = 1) => normalise(`${name}/norm`, convolve(`${name}/conv`, ops.relu(x), { stride })),
    classify: (features) => ops.linear(features, weights('classifier/weight'), weights('classifier/bias')),
  };
}
