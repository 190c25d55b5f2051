// A process that measures workloads with one framework. Started by bench/steps/compare.ts, which sends it an adapter and then
// workloads.
import { provideWebGpu } from './webgpu.ts';

let framework;

process.on('message', async (message) => {
  try {
    process.send({ result: await answer(message) });
  } catch (error) {
    process.send({ error: error instanceof Error ? error.message : String(error) });
  }
});

process.on('disconnect', () => process.exit());

async function answer({ adapter, workload, tensors, repeats, checks }) {
  if (adapter) {
    // Frameworks look for WebGPU when they are loaded.
    await provideWebGpu(adapter);
    framework = await import(`./${process.argv[2]}.mjs`);
    return framework.start();
  }
  const start = performance.now();
  const prepared = await framework.prepare(workload, tensors);
  await prepared.run();
  const firstMilliseconds = performance.now() - start;
  const check = await prepared.read();
  for (let step = 1; step < checks; step++) {
    await prepared.run();
    check.push(...(await prepared.read()));
  }
  const milliseconds = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begin = performance.now();
    await prepared.run();
    milliseconds.push(performance.now() - begin);
  }
  prepared.dispose();
  return { check, firstMilliseconds, milliseconds };
}
