import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { logitsOf } from './networks.mjs';
import * as ops from './tfjsOperations.mjs';

export async function start() {
  await tf.setBackend('webgpu');
  await tf.ready();
}

/** Submits recorded work and waits for it. The pass must be ended first: an open pass makes later work invalid. */
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

/** Bytes of buffers, including pooled ones. */
function figures() {
  return { deviceBytes: tf.memory().numBytesAllocatedInGPU };
}

function prepareOperation(workload, { dy, ...inputs }) {
  const values = Object.values(inputs).map(({ shape, data }) => tf.tensor(data, shape));
  const gradient = tf.tensor(dy.data, dy.shape);
  const f = (x, ...parameters) => {
    const left = [...parameters];
    return workload.layers.reduce((value, layer) => ops.applyLayer(layer, value, left, workload.backward), x);
  };
  let results = [];
  return {
    async run() {
      tf.dispose(results);
      results = tf.tidy(() => {
        if (!workload.backward) return [f(...values)];
        // One pass gives both: the value is stored while the gradient is computed.
        let y;
        const gradients = tf.grads((...args) => {
          y = tf.keep(f(...args));
          return y;
        })(values, gradient);
        return [y, ...gradients];
      });
      await idle();
    },
    read: () => Promise.all(results.map((value) => value.data())),
    figures,
    dispose: () => tf.dispose([...values, gradient, ...results]),
  };
}

/** Tensors with one prefix ("weights", "alphas") as variables, by the rest of their names. */
function variablesOf(tensors, kind) {
  const variables = {};
  for (const [name, { shape, data }] of Object.entries(tensors))
    if (name.startsWith(`${kind}/`)) variables[name.slice(kind.length + 1)] = tf.variable(tf.tensor(data, shape));
  return variables;
}

function prepareStep(workload, tensors) {
  const batch = (index) => ({
    x: tf.tensor(tensors[`batches/${index}/x`].data, tensors[`batches/${index}/x`].shape),
    target: tf.oneHot(tf.tensor1d([...tensors[`batches/${index}/labels`].data], 'int32'), workload.classes),
  });
  const weights = variablesOf(tensors, 'weights');
  const alphas = variablesOf(tensors, 'alphas');
  const bilevel = workload.update === 'bilevel';
  const batches = bilevel ? [batch(0), batch(1)] : [batch(0)];
  const lossOf = ({ x, target }) => tf.losses.softmaxCrossEntropy(target, logitsOf(ops, workload, weights, alphas, x));
  const { learningRate, momentum, adam } = workload.optimizers;
  const sgd = tf.train.momentum(learningRate, momentum);
  const alphaAdam = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, 1e-8);
  const updated = [...Object.values(weights), ...(workload.update === 'together' ? Object.values(alphas) : [])];
  let loss;
  return {
    async run() {
      loss?.dispose();
      loss = tf.tidy(() => {
        if (bilevel) {
          const { grads } = tf.variableGrads(() => lossOf(batches[1]), Object.values(alphas));
          for (const alpha of Object.values(alphas))
            grads[alpha.name] = tf.add(grads[alpha.name], tf.mul(alpha, adam.weightDecay));
          alphaAdam.applyGradients(grads);
        }
        const { value, grads } = tf.variableGrads(() => lossOf(batches[0]), updated);
        sgd.applyGradients(grads);
        return value;
      });
      await idle();
    },
    read: async () => [await loss.data()],
    figures,
    dispose: () => {
      tf.dispose([loss, ...batches.flatMap(({ x, target }) => [x, target])]);
      tf.dispose([...Object.values(weights), ...Object.values(alphas)]);
      sgd.dispose();
      alphaAdam.dispose();
    },
  };
}
