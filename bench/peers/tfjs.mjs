import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { logitsOf } from './network.mjs';

export async function start() {
  await tf.setBackend('webgpu');
  await tf.ready();
}

/** Submits what was recorded and waits for it: the pass must be ended first, or it stays open and later work is void. */
async function idle() {
  const backend = tf.backend();
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await backend.device.queue.onSubmittedWorkDone();
}

export function prepare(workload, tensors) {
  return workload.kind === 'operation' ? prepareOperation(workload, tensors) : prepareStep(workload, tensors);
}

function normalise(x, gamma, beta) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  // Its gradient needs a scale and a shift even where there are none.
  return tf.batchNorm(x, mean, variance, beta ?? tf.zerosLike(mean), gamma ?? tf.onesLike(mean), 1e-5);
}

const applied = {
  conv: (_, x, w) => tf.conv2d(x, w, 1, 'same'),
  depthwise: ({ shape, kernel }, x, w) =>
    tf.depthwiseConv2d(x, tf.reshape(w, [kernel, kernel, shape[3], 1]), 1, 'same'),
  maxPool: ({ kernel }, x) => tf.maxPool(x, kernel, 1, 'same'),
  averagePool: ({ kernel }, x) => tf.avgPool(x, kernel, 1, 'same'),
  batchNorm: (_, x, gamma, beta) => normalise(x, gamma, beta),
  relu: (_, x) => tf.relu(x),
};

function prepareOperation(workload, { dy, ...inputs }) {
  const values = Object.values(inputs).map(({ shape, data }) => tf.tensor(data, shape));
  const gradient = tf.tensor(dy.data, dy.shape);
  const f = (...args) => applied[workload.operation](workload, ...args);
  let results = [];
  return {
    async run() {
      tf.dispose(results);
      results = tf.tidy(() => {
        if (!workload.backward) return [f(...values)];
        // One pass gives both: the value is kept as the gradient computes it.
        let y;
        const gradients = tf.grads((...args) => {
          y = tf.keep(f(...args));
          return y;
        })(values, gradient);
        return [y, ...gradients];
      });
      await idle();
    },
    read: () => Promise.all(results.map(async (value) => magnitude(await value.data()))),
    dispose: () => tf.dispose([...values, gradient, ...results]),
  };
}

function magnitude(values) {
  let sum = 0;
  for (const value of values) sum += Math.abs(value);
  return sum;
}

const ops = {
  relu: (x) => tf.relu(x),
  conv: (x, w, stride) => {
    const padding = (w.shape[0] - 1) / 2;
    return padding > 0
      ? tf.conv2d(x, w, stride, padding, 'NHWC', 1, stride > 1 ? 'floor' : undefined)
      : tf.conv2d(x, w, stride, 0);
  },
  batchNorm: normalise,
  averagePool3x3: (x) => tf.avgPool(x, 3, 1, 'same'),
  halve: (x) => tf.avgPool(x, 2, 2, 'valid'),
  add: (a, b) => tf.add(a, b),
  meanOfPixels: (x) => tf.mean(x, [1, 2]),
  linear: (x, w, b) => tf.add(tf.matMul(x, w), b),
  weighted: (terms, alphas) => {
    const mixture = tf.softmax(alphas);
    // Not addN: more inputs than a shader may bind give wrong numbers without an error.
    return terms
      .map(([edge, operation, x]) => tf.mul(x, tf.reshape(tf.slice(mixture, [edge, operation], [1, 1]), [])))
      .reduce((sum, term) => tf.add(sum, term));
  },
};

function prepareStep(workload, tensors) {
  const data = (part) => ({
    x: tf.tensor(tensors[`${part}/x`].data, tensors[`${part}/x`].shape),
    target: tf.oneHot(tf.tensor1d([...tensors[`${part}/labels`].data], 'int32'), workload.classes),
  });
  const alphas = tensors.alpha && tf.variable(tf.tensor(tensors.alpha.data, tensors.alpha.shape));
  const weights = {};
  for (const [name, { shape, data }] of Object.entries(tensors))
    if (!/(^alpha$|^(weights|alphas)\/)/.test(name)) weights[name] = tf.variable(tf.tensor(data, shape));
  const lossOf = ({ x, target }) => tf.losses.softmaxCrossEntropy(target, logitsOf(ops, workload, weights, alphas, x));
  const { learningRate, momentum, adam } = workload.optimizers;
  const sgd = tf.train.momentum(learningRate, momentum);
  const alphaAdam = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, 1e-8);
  const batches = alphas ? [data('alphas'), data('weights')] : [data('weights')];
  let loss;
  return {
    async run() {
      loss?.dispose();
      loss = tf.tidy(() => {
        if (alphas) {
          const { grads } = tf.variableGrads(() => lossOf(batches[0]), [alphas]);
          const decayed = tf.add(grads[alphas.name], tf.mul(alphas, adam.weightDecay));
          alphaAdam.applyGradients({ [alphas.name]: decayed });
        }
        const { value, grads } = tf.variableGrads(() => lossOf(batches.at(-1)), Object.values(weights));
        sgd.applyGradients(grads);
        return value;
      });
      await idle();
    },
    read: async () => [...(await loss.data())],
    dispose: () => {
      tf.dispose([loss, ...batches.flatMap(({ x, target }) => [x, target]), ...Object.values(weights)]);
      alphas?.dispose();
      sgd.dispose();
      alphaAdam.dispose();
    },
  };
}
