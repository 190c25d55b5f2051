import type { AdapterSummary } from '../../src/engine/device/adapter.js';
import { open } from '../../src/engine/device/node/index.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import type { Tensors } from '../harness/prepared.js';
import { prepareOperation } from '../kernels/program.js';
import type { OperationWorkload } from '../kernels/workloads.js';
import { prepareStep } from '../steps/program.js';
import type { StepWorkload } from '../steps/workloads.js';

let engine: Engine;

/** Opens the adapter of this kind, or of this name where several adapters have the kind. */
export async function start({ kind, name }: AdapterSummary): Promise<void> {
  engine = new Engine(await open({ adapter: kind === 'lavapipe' || kind === 'swiftshader' ? kind : name }));
}

/** Compiles a workload with the engine's own initial values. */
export async function prepare(workload: OperationWorkload | StepWorkload) {
  const prepared = await (workload.kind === 'operation'
    ? prepareOperation(engine, workload)
    : prepareStep(engine, workload));
  const { program, outputs, feeds } = prepared;
  let runs = 0;
  const hostMilliseconds: number[] = [];
  return {
    async run(): Promise<void> {
      const start = performance.now();
      program.run(feeds(runs++));
      hostMilliseconds.push(performance.now() - start);
      await engine.gpu.idle();
    },
    read: () => Promise.all(outputs.map((output) => program.read(output))),
    tensors: (): Promise<Tensors> => prepared.tensors(),
    figures: () => ({
      hostMilliseconds: hostMilliseconds.sort((a, b) => a - b)[hostMilliseconds.length >> 1],
      dispatches: program.dispatchCount,
      pipelines: engine.pipelines.count,
      programBytes: program.memoryBytes,
      deviceBytes: engine.memoryBytes,
    }),
    dispose: () => prepared.dispose(),
  };
}
