import { lax, nn, numpy as np } from '@jax-js/jax';

const PAD1 = [
  [0, 0],
  [0, 0],
  [1, 1],
  [1, 1],
];

/**
 * Operations on NCHW that do not consume their arguments: jax-js counts references, and an operation releases its
 * arguments. Every result is recorded, and released by `end`.
 */
export function scope() {
  const made = [];
  const keep = (value) => {
    made.push(value);
    return value;
  };
  const windows3x3 = (padded, reduce) => lax.reduceWindow(padded, reduce, [3, 3], [1, 1]);
  const ops = {
    relu: (x) => keep(nn.relu(x.ref)),
    conv: (x, w, { stride = 1, dilation = 1, groups = 1 } = {}) => {
      const padding = w.shape.slice(2).map((taps) => [(dilation * (taps - 1)) / 2, (dilation * (taps - 1)) / 2]);
      const options = { featureGroupCount: groups, rhsDilation: [dilation, dilation] };
      return keep(lax.convGeneralDilated(x.ref, w.ref, [stride, stride], padding, options));
    },
    batchNorm: (x, gamma, beta) => {
      const axes = [0, 2, 3];
      const mean = keep(np.mean(x.ref, axes, { keepdims: true }));
      const centred = keep(x.ref.sub(mean.ref));
      const variance = keep(np.mean(np.square(centred.ref), axes, { keepdims: true }));
      const factor = keep(np.sqrt(variance.ref.add(1e-5)));
      const normalised = keep(centred.ref.div(factor.ref));
      if (!gamma) return normalised;
      const channels = [1, -1, 1, 1];
      return keep(normalised.ref.mul(gamma.ref.reshape(channels)).add(beta.ref.reshape(channels)));
    },
    averagePool3x3: (x) => keep(windows3x3(np.pad(x.ref, PAD1), (window) => np.sum(window)).mul(shares(x.shape))),
    // Padding supports zeros only: pixels outside get a number below all others.
    maxPool3x3: (x) => keep(windows3x3(np.pad(x.ref, PAD1).add(border(x.shape, 0, -1e30)), (window) => np.max(window))),
    halve: (x) => {
      const [n, c, height, width] = x.shape;
      return keep(np.mean(x.ref.reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]));
    },
    add: (a, b) => keep(a.ref.add(b.ref)),
    meanOfPixels: (x) => keep(np.mean(x.ref, [2, 3])),
    linear: (x, w, b) => keep(np.matmul(x.ref, w.ref).add(b.ref)),
    matmul: (x, w) => keep(np.matmul(x.ref, w.ref)),
    mixture: (alphas) => keep(nn.softmax(alphas.ref, -1)),
    weighted: (terms, mixture) =>
      terms
        .map(([edge, operation, x]) => keep(x.ref.mul(mixture.ref.slice(edge, operation))))
        .reduce((sum, term) => keep(sum.ref.add(term.ref))),
  };
  /** Keeps the result and releases all other values created here. */
  const end = (result) => {
    const held = result.ref;
    for (const value of made) value.dispose();
    return held;
  };
  return { ops, end, keep };
}

function border([, , height, width], inside, outside) {
  const data = new Float32Array((height + 2) * (width + 2)).fill(outside);
  for (let y = 1; y <= height; y++) data.fill(inside, y * (width + 2) + 1, y * (width + 2) + 1 + width);
  return np.array(data).reshape([1, 1, height + 2, width + 2]);
}

/** Reciprocal of the number of pixels inside the image for every window. */
function shares([, , height, width]) {
  const inside = (i, n) => Math.min(i + 1, n - 1) - Math.max(i - 1, 0) + 1;
  const data = Float32Array.from(
    { length: height * width },
    (_, i) => 1 / (inside(Math.floor(i / width), height) * inside(i % width, width)),
  );
  return np.array(data).reshape([1, 1, height, width]);
}

/** A layer of an operation workload; removes its parameters from the front of `parameters`. */
export function applyLayer(ops, layer, x, parameters) {
  switch (layer.type) {
    case 'convolution':
      return ops.conv(x, parameters.shift(), layer);
    case 'maxPool':
      return ops.maxPool3x3(x);
    case 'averagePool':
      return ops.averagePool3x3(x);
    case 'batchNorm':
      return ops.batchNorm(x, parameters.shift(), parameters.shift());
    case 'relu':
      return ops.relu(x);
    case 'matmul':
      return ops.matmul(x, parameters.shift());
    default:
      throw new Error(`jax-js: no layer ${layer.type}`);
  }
}

/** NHWC images become NCHW, [height, width, in, out] weights [out, in, height, width]; other tensors are unchanged. */
export function load({ shape, data }, isWeight) {
  const value = np.array(data instanceof Uint32Array ? Float32Array.from(data) : data).reshape([...shape]);
  return shape.length === 4 ? np.transpose(value, isWeight ? [3, 2, 0, 1] : [0, 3, 1, 2]) : value;
}

/** Inverse of `load`; does not consume its argument. */
export function store(value, isWeight) {
  const moved = value.shape.length === 4 ? np.transpose(value.ref, isWeight ? [2, 3, 1, 0] : [0, 2, 3, 1]) : value.ref;
  return moved.data();
}
