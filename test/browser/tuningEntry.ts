/** Tunes a convolution in the browser and stores the measurements in IndexedDB. */
import { open } from '../../src/engine/device/browser.js';
import { shaderSources } from '../../src/engine/kernels/shaderSources.js';
import { conv2d } from '../../src/engine/ops/conv/conv2d.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { applyTuning } from '../../src/engine/tuner/applied.js';
import { indexedDbStore } from '../../src/engine/tuner/indexedDbStore.js';
import { loadTuning, removeTuning, saveTuning } from '../../src/engine/tuner/saved.js';
import { tune } from '../../src/engine/tuner/tune.js';

async function run() {
  const gpu = await open();
  const engine = new Engine(gpu);
  const notices: string[] = [];
  const applied = async () => (await applyTuning(gpu, indexedDbStore(), (text) => notices.push(text)))?.digest;
  const before = await loadTuning(gpu, indexedDbStore());
  const { records } = await tune(engine, (graph) => {
    const x = graph.feed('x', [2, 8, 8, 8]);
    graph.output('y', conv2d(x, graph.feed('w', [3, 3, 8, 8]), { padding: 1 }));
  });
  await saveTuning(gpu, indexedDbStore(), records);
  const after = await loadTuning(gpu, indexedDbStore());
  // A kernel other than the default one, whichever was fastest here.
  await saveTuning(
    gpu,
    indexedDbStore(),
    records.map((record) => ({ ...record, chosen: record.times[1].variant })),
  );
  const digest = await applied();
  shaderSources['test/new'] = '// A kernel that was not there.';
  const stale = await applied();
  delete shaderSources['test/new'];
  await removeTuning(gpu, indexedDbStore());
  const removed = await loadTuning(gpu, indexedDbStore());
  engine.dispose();
  gpu.dispose();
  return { before, records, after, digest, stale: stale ?? null, removed, notices };
}

window.result = run();
