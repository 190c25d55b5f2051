import {
  BatchNorm2d,
  Conv2d,
  crossEntropy,
  Engine,
  globalAveragePool,
  Linear,
  relu,
  Sgd,
  VariableSet,
} from 'nastransfer/engine';
import {
  channelStatistics,
  DeviceImages,
  imageBatch,
  Metrics,
  shuffledBatches,
  TRAINING_PROTOCOL,
  targetImages,
} from 'nastransfer/nas';
import { open, openImageSet } from 'nastransfer/node';

const [BATCH, EPOCHS] = [32, 3];
const protocol = { ...TRAINING_PROTOCOL, imageSize: 16, imageChannels: 1 as const };
const images = targetImages(await openImageSet('mnist'), { limit: 512, testLimit: 64 }, protocol);

// Layers add their variables to sets. Sets get memory, and initial values by the seed, from the engine.
const weights = new VariableSet('weights');
const statistics = new VariableSet('running statistics');
const conv = new Conv2d(weights, 'conv', { inputs: 1, outputs: 16, kernel: 3, padding: 1, stride: 2 });
const norm = new BatchNorm2d(weights, statistics, 'norm', { channels: 16 });
const classifier = new Linear(weights, 'classifier', { inputs: 16, outputs: 10 });

const gpu = await open();
const engine = new Engine(gpu);
for (const set of [weights, statistics]) engine.allocate(set, 0);
const optimizer = new Sgd(weights, { learningRate: 0.1, momentum: 0.9 });
optimizer.allocate(engine);
const data = new DeviceImages(engine, 'train images', images.train);
const metrics = new Metrics(engine, 'train');

// Traced once: batch, network, loss, gradients and update are one program.
const program = await engine.compile((graph) => {
  const { x, labels } = imageBatch(graph, data, {
    feed: 'indices',
    batch: BATCH,
    shape: images,
    statistics: channelStatistics(images.train, images.channels),
  });
  const features = relu(norm.forward(conv.forward(x), 'batch'));
  const logits = classifier.forward(globalAveragePool(features));
  const loss = crossEntropy(logits, labels);
  metrics.record(graph, loss, logits, labels);
  optimizer.apply(loss);
});

let step = 0;
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const batches = shuffledBatches(data.count, BATCH, 0, 'order', epoch);
  for (const indices of batches) program.run({ indices, ...optimizer.feeds(step++) });
  const { loss, correct } = await metrics.take();
  console.log(`epoch ${epoch}: loss ${loss / batches.length}, accuracy ${correct / (batches.length * BATCH)}`);
}
gpu.dispose();
