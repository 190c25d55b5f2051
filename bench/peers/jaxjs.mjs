import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad, vjp } from '@jax-js/jax';
import { applyLayer, load, scope, store } from './jaxjsOperations.mjs';
import { logitsOf } from './networks.mjs';

export async function start() {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error(`jax-js: devices ${devices}, wanted webgpu`);
  defaultDevice('webgpu');
}

export function prepare(workload, tensors) {
  if (workload.network === 'dartsSupernet')
    throw new Error('not tried: tracing this step takes more than 4 GB of JavaScript heap');
  return workload.kind === 'operation' ? prepareOperation(workload, tensors) : prepareStep(workload, tensors);
}

async function prepareOperation(workload, { dy, ...inputs }) {
  const values = Object.entries(inputs).map(([name, tensor]) => load(tensor, name !== 'x'));
  const gradient = load(dy, false);
  await blockUntilReady([...values, gradient]);
  const forward = (...args) => {
    const { ops, end } = scope();
    const [x, ...parameters] = args;
    const y = end(workload.layers.reduce((value, layer) => applyLayer(ops, layer, value, parameters), x));
    for (const value of args) value.dispose();
    return y;
  };
  const compiled = jit(
    workload.backward
      ? (dy, ...args) => {
          const [y, pullBack] = vjp(forward, args);
          const gradients = pullBack(dy);
          pullBack.dispose();
          // The value is returned too, because unused results are not computed.
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
    // The output and the gradient of the input are images, then come gradients of parameters.
    read: () => Promise.all(results.map((value, index) => store(value, index > 1))),
    dispose: () => {
      for (const value of [...results, ...values, gradient]) value.dispose();
      compiled.dispose();
    },
  };
}

/** Weights by their names, and the table of architecture parameters where there is one. */
function variablesOf(tensors) {
  const weights = {};
  for (const [name, tensor] of Object.entries(tensors))
    if (name.startsWith('weights/')) weights[name.slice('weights/'.length)] = load(tensor, true);
  const alpha = tensors['alphas/alpha'] && load(tensors['alphas/alpha'], true);
  return { weights, alpha };
}

async function prepareStep(workload, tensors) {
  const { learningRate, momentum, adam } = workload.optimizers;
  const { weights, alpha } = variablesOf(tensors);
  const zerosLike = (value) => np.zeros(value.shape);
  const batch = (index) => ({
    x: load(tensors[`batches/${index}/x`], false),
    target: nn.oneHot(np.array(Int32Array.from(tensors[`batches/${index}/labels`].data)), workload.classes),
  });
  const batches = alpha ? { weights: batch(0), alphas: batch(1) } : { weights: batch(0) };
  let state = { weights, velocity: tree.map(zerosLike, tree.ref(weights)) };
  if (alpha) state = { ...state, alpha, first: zerosLike(alpha), second: zerosLike(alpha) };
  await blockUntilReady([state, batches]);

  const lossOf = (weights, alpha, x, target) => {
    const { ops, end, keep } = scope();
    const logits = logitsOf(ops, workload, weights, alpha ? { alpha } : {}, x);
    const logs = keep(nn.logSoftmax(logits.ref, -1));
    const loss = end(keep(np.sum(logs.ref.mul(target.ref)).mul(-1 / workload.batch)));
    tree.dispose(weights);
    for (const value of [alpha, x, target]) value?.dispose();
    return loss;
  };
  /** Holds a reference for each use of a value, and releases it at the end. */
  const step = ({ weights, velocity, alpha, first, second }, batches, corrections) => {
    let next = {};
    if (alpha) {
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
    const [loss, gradient] = alpha
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
    read: async () => [await loss.ref.data()],
    dispose: () => {
      tree.dispose([state, batches, loss]);
      compiled.dispose();
    },
  };
}
