import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad, vjp } from '@jax-js/jax';
import { logitsOf } from './network.mjs';

export async function start() {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error(`jax-js: devices ${devices}, wanted webgpu`);
  defaultDevice('webgpu');
}

export function prepare(workload, tensors) {
  return workload.kind === 'operation' ? prepareOperation(workload, tensors) : prepareStep(workload, tensors);
}

/**
 * Operations on NCHW that leave their arguments alive: jax-js counts references, and an operation takes its arguments
 * over. Every result is remembered, and given up by `end`.
 */
function scope() {
  const made = [];
  const keep = (value) => {
    made.push(value);
    return value;
  };
  const pad1 = [
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ];
  const windows3x3 = (padded, reduce) => lax.reduceWindow(padded, reduce, [3, 3], [1, 1]);
  const border = ([, , height, width], inside, outside) => {
    const data = new Float32Array((height + 2) * (width + 2)).fill(outside);
    for (let y = 1; y <= height; y++) data.fill(inside, y * (width + 2) + 1, y * (width + 2) + 1 + width);
    return np.array(data).reshape([1, 1, height + 2, width + 2]);
  };
  /** One over the number of pixels inside the image in every window. */
  const shares = ([, , height, width]) => {
    const inside = (i, n) => Math.min(i + 1, n - 1) - Math.max(i - 1, 0) + 1;
    const data = Float32Array.from(
      { length: height * width },
      (_, i) => 1 / (inside(Math.floor(i / width), height) * inside(i % width, width)),
    );
    return np.array(data).reshape([1, 1, height, width]);
  };
  const ops = {
    relu: (x) => keep(nn.relu(x.ref)),
    conv: (x, w, stride = 1, groups = 1) => {
      const p = (w.shape[2] - 1) / 2;
      const padding = [
        [p, p],
        [p, p],
      ];
      return keep(lax.convGeneralDilated(x.ref, w.ref, [stride, stride], padding, { featureGroupCount: groups }));
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
    averagePool3x3: (x) => keep(windows3x3(np.pad(x.ref, pad1), (window) => np.sum(window)).mul(shares(x.shape))),
    // Padding is with zeros alone: pixels outside get a number below all others.
    maxPool3x3: (x) => keep(windows3x3(np.pad(x.ref, pad1).add(border(x.shape, 0, -1e30)), (window) => np.max(window))),
    halve: (x) => {
      const [n, c, height, width] = x.shape;
      return keep(np.mean(x.ref.reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]));
    },
    add: (a, b) => keep(a.ref.add(b.ref)),
    meanOfPixels: (x) => keep(np.mean(x.ref, [2, 3])),
    linear: (x, w, b) => keep(np.matmul(x.ref, w.ref).add(b.ref)),
    weighted: (terms, alphas) => {
      const mixture = keep(nn.softmax(alphas.ref, -1));
      return terms
        .map(([edge, operation, x]) => keep(x.ref.mul(mixture.ref.slice(edge, operation))))
        .reduce((sum, term) => keep(sum.ref.add(term.ref)));
    },
  };
  /** The result stays, all else made here is given up. */
  const end = (result) => {
    const held = result.ref;
    for (const value of made) value.dispose();
    return held;
  };
  return { ops, end, keep };
}

/** NHWC images become NCHW, [height, width, in, out] weights [out, in, height, width]; all else stays. */
function load({ shape, data }, isWeight) {
  const value = np.array(data instanceof Uint32Array ? Float32Array.from(data) : data).reshape([...shape]);
  return shape.length === 4 ? np.transpose(value, isWeight ? [3, 2, 0, 1] : [0, 3, 1, 2]) : value;
}

const applied = {
  conv: (ops, _, x, w) => ops.conv(x, w),
  depthwise: (ops, { shape }, x, w) => ops.conv(x, w, 1, shape[3]),
  maxPool: (ops, _, x) => ops.maxPool3x3(x),
  averagePool: (ops, _, x) => ops.averagePool3x3(x),
  batchNorm: (ops, _, x, gamma, beta) => ops.batchNorm(x, gamma, beta),
  relu: (ops, _, x) => ops.relu(x),
};

async function prepareOperation(workload, { dy, ...inputs }) {
  const values = Object.entries(inputs).map(([name, tensor]) => load(tensor, name === 'w'));
  const gradient = load(dy, false);
  await blockUntilReady([...values, gradient]);
  const forward = (...args) => {
    const { ops, end } = scope();
    const y = end(applied[workload.operation](ops, workload, ...args));
    for (const value of args) value.dispose();
    return y;
  };
  const compiled = jit(
    workload.backward
      ? (dy, ...args) => {
          const [y, pullBack] = vjp(forward, args);
          const gradients = pullBack(dy);
          pullBack.dispose();
          // The value is returned too: what nobody reads would not be computed.
          return [y, ...gradients];
        }
      : (dy, ...args) => {
          dy.dispose();
          return [forward(...args)];
        },
  );
  let results = [];
  return {
    async run() {
      for (const value of results) value.dispose();
      results = compiled(gradient.ref, ...values.map((value) => value.ref));
      await blockUntilReady(results);
    },
    read: () => Promise.all(results.map(async (value) => magnitude(await value.ref.data()))),
    dispose: () => {
      for (const value of [...results, ...values, gradient]) value.dispose();
      compiled.dispose();
    },
  };
}

function magnitude(values) {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

async function prepareStep(workload, tensors) {
  const { learningRate, momentum, adam } = workload.optimizers;
  const weights = {};
  for (const [name, tensor] of Object.entries(tensors))
    if (!/(^alpha$|^(weights|alphas)\/)/.test(name)) weights[name] = load(tensor, true);
  const zerosLike = (value) => np.zeros(value.shape);
  const batch = (part) => ({
    x: load(tensors[`${part}/x`], false),
    target: nn.oneHot(np.array(Int32Array.from(tensors[`${part}/labels`].data)), workload.classes),
  });
  const isSupernet = Boolean(tensors.alpha);
  const batches = isSupernet ? { alphas: batch('alphas'), weights: batch('weights') } : { weights: batch('weights') };
  let state = { weights, velocity: tree.map(zerosLike, weights) };
  if (isSupernet) {
    const alpha = load(tensors.alpha, true);
    state = { ...state, alpha, first: zerosLike(alpha), second: zerosLike(alpha) };
  }
  await blockUntilReady([state, batches]);

  const lossOf = (weights, alpha, x, target) => {
    const { ops, end, keep } = scope();
    const logits = logitsOf(ops, workload, weights, alpha, x);
    const logs = keep(nn.logSoftmax(logits.ref, -1));
    const loss = end(keep(np.sum(logs.ref.mul(target.ref)).mul(-1 / workload.batch)));
    tree.dispose(weights);
    for (const value of [alpha, x, target]) value?.dispose();
    return loss;
  };
  /** Reads a value as often as it is used, and gives it up at the end. */
  const step = ({ weights, velocity, alpha, first, second }, batches, corrections) => {
    let next = {};
    if (isSupernet) {
      const { x, target } = batches.alphas;
      const f = (alpha, weights, x, target) => lossOf(weights, alpha, x, target);
      const [loss, gradient] = valueAndGrad(f)(alpha.ref, tree.ref(weights), x, target);
      loss.dispose();
      const decayed = gradient.add(alpha.ref.mul(adam.weightDecay));
      first = first.mul(adam.beta1).add(decayed.ref.mul(1 - adam.beta1));
      second = second.mul(adam.beta2).add(np.square(decayed).mul(1 - adam.beta2));
      const scaled = second.ref.mul(corrections.ref.slice(1));
      const update = first.ref.mul(corrections.slice(0)).div(np.sqrt(scaled).add(1e-8));
      alpha = alpha.sub(update.mul(adam.learningRate));
      next = { alpha: alpha.ref, first, second };
    } else corrections.dispose();
    const { x, target } = batches.weights;
    const [loss, gradient] = isSupernet
      ? valueAndGrad(lossOf)(tree.ref(weights), alpha, x, target)
      : valueAndGrad((weights, x, target) => lossOf(weights, undefined, x, target))(tree.ref(weights), x, target);
    const moved = tree.map((v, g) => v.mul(momentum).add(g), velocity, gradient);
    const updated = tree.map((w, v) => w.sub(v.ref.mul(learningRate)), weights, moved);
    return { loss, state: { ...next, weights: updated, velocity: moved } };
  };
  const compiled = jit(step);
  let loss;
  let runs = 0;
  return {
    async run() {
      loss?.dispose();
      runs++;
      const corrections = np.array(new Float32Array([1 / (1 - adam.beta1 ** runs), 1 / (1 - adam.beta2 ** runs)]));
      const result = compiled(state, tree.ref(batches), corrections);
      loss = result.loss;
      state = result.state;
      await blockUntilReady([loss, state]);
    },
    read: async () => [...(await loss.ref.data())],
    dispose: () => {
      tree.dispose([state, batches, loss]);
      compiled.dispose();
    },
  };
}
