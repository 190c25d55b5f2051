import * as tf from '@tensorflow/tfjs';

/**
 * Convolution of [N, H, W, C], padded to keep the size at stride 1. Gradients of dilated convolutions throw in TensorFlow.js
 * 4.22: for training, zeros are inserted between the taps of the kernel instead.
 */
export function conv(x, w, { stride = 1, dilation = 1, groups = 1 } = {}, trained = true) {
  const spreads = trained && dilation > 1;
  const kernel = spreads ? withZeros(w, dilation) : w;
  const apart = spreads ? 1 : dilation;
  const [rows, columns, , outputs] = kernel.shape;
  if (rows !== columns) throw new Error(`tfjs: kernel of ${rows}x${columns}, wanted a square one`);
  const padding = (apart * (rows - 1)) / 2;
  const rounding = stride > 1 && padding > 0 ? 'floor' : undefined;
  if (groups === 1) return tf.conv2d(x, kernel, stride, padding, 'NHWC', apart, rounding);
  const filter = tf.reshape(kernel, [rows, columns, outputs, 1]);
  return tf.depthwiseConv2d(x, filter, stride, padding, 'NHWC', apart, rounding);
}

/** Weights [k, k, C, K] with dilation - 1 zeros between taps, as a product with a constant matrix, which has a gradient. */
function withZeros(w, dilation) {
  const [kernel, , inputs, outputs] = w.shape;
  const wide = dilation * (kernel - 1) + 1;
  const places = new Float32Array(wide * wide * kernel * kernel);
  for (let row = 0; row < kernel; row++)
    for (let column = 0; column < kernel; column++)
      places[(row * wide + column) * dilation * kernel * kernel + row * kernel + column] = 1;
  const spread = tf.tensor2d(places, [wide * wide, kernel * kernel]);
  const product = tf.matMul(spread, tf.reshape(w, [kernel * kernel, inputs * outputs]));
  return tf.reshape(product, [wide, wide, inputs, outputs]);
}

export function batchNorm(x, gamma, beta) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  // Its gradient needs a scale and an offset, even if unused.
  return tf.batchNorm(x, mean, variance, beta ?? tf.zerosLike(mean), gamma ?? tf.onesLike(mean), 1e-5);
}

const rounding = (stride) => (stride > 1 ? 'floor' : undefined);

export const relu = (x) => tf.relu(x);
export const maxPool3x3 = (x, stride = 1) => tf.maxPool(x, 3, stride, 1, rounding(stride));
export const halve = (x) => tf.avgPool(x, 2, 2, 'valid');
export const add = (a, b) => tf.add(a, b);
export const concat = (values) => tf.concat(values, 3);
export const withoutFirst = (x) => tf.slice(x, [0, 1, 1, 0], [-1, -1, -1, -1]);
export const meanOfPixels = (x) => tf.mean(x, [1, 2]);
export const linear = (x, w, b) => tf.add(tf.matMul(x, w), b);
export const mixture = (alphas) => tf.softmax(alphas);

const plainAveragePool3x3 = (x, stride) => tf.avgPool(x, 3, stride, 1, rounding(stride));

/**
 * Average over the pixels inside the image. The gradient of TensorFlow.js 4.22 divides by nine at borders too, although its
 * forward pass leaves out what lies outside; here the gradient of the output is scaled by nine over the number of pixels
 * first, so that networks train with correct gradients.
 */
export function averagePool3x3(x, stride = 1) {
  return tf.customGrad((x, save) => {
    save([x, sharesInside(x.shape, stride)]);
    return {
      value: plainAveragePool3x3(x, stride),
      gradFunc: (dy, [x, inside]) => {
        const options = { filterSize: 3, strides: stride, pad: 1, dimRoundingMode: rounding(stride) };
        return tf.engine().runKernel('AvgPoolGrad', { dy: tf.mul(dy, inside), input: x }, options);
      },
    };
  })(x);
}

/** Nine over the number of pixels inside the image, for every window: [1, OH, OW, 1]. */
function sharesInside([, height, width], stride) {
  const taps = (edge) =>
    Array.from({ length: Math.ceil(edge / stride) }, (_, i) => {
      const start = i * stride - 1;
      return Math.min(start + 3, edge) - Math.max(start, 0);
    });
  const [rows, columns] = [taps(height), taps(width)];
  const shares = rows.flatMap((a) => columns.map((b) => 9 / (a * b)));
  return tf.tensor(shares, [1, rows.length, columns.length, 1]);
}

/** Sum over terms [edge, operation, value] of weight times value. */
export function weighted(terms, weights) {
  // Not addN: more inputs than a shader may bind give wrong numbers without an error.
  return terms
    .map(([edge, operation, x]) => tf.mul(x, tf.reshape(tf.slice(weights, [edge, operation], [1, 1]), [])))
    .reduce((sum, term) => tf.add(sum, term));
}

/** A layer of an operation workload; removes its parameters from the front of `parameters`. */
export function applyLayer(layer, x, parameters, trained) {
  switch (layer.type) {
    case 'convolution':
      return conv(x, parameters.shift(), layer, trained);
    case 'maxPool':
      return maxPool3x3(x, layer.stride);
    case 'averagePool':
      // Unchanged, because it is timed: its wrong gradient is reported.
      return plainAveragePool3x3(x, layer.stride);
    case 'batchNorm':
      return batchNorm(x, parameters.shift(), parameters.shift());
    case 'relu':
      return relu(x);
    case 'matmul':
      return tf.matMul(x, parameters.shift());
    default:
      throw new Error(`tfjs: no layer ${layer.type}`);
  }
}
