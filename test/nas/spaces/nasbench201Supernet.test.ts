import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/graph/autodiff.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { crossEntropy } from '../../../src/engine/ops/crossEntropy.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import type { SupernetOptions } from '../../../src/nas/training/classifier.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { unfusedSupernet } from './unfusedSupernet.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const settings = { channels: 5, cells: 1, classes: 3, size: 8, imageChannels: 2 };
const BATCH = 4;

/** Everything that a supernet computes in one pass: by name. */
async function everything(build: typeof unfusedSupernet, options: SupernetOptions): Promise<Map<string, number[]>> {
  const supernet = build(settings, options);
  const labels = new VariableSet('labels');
  const label = labels.add('labels', [BATCH], zeros, { dtype: 'u32' });
  const sets = [supernet.weights, supernet.averages, supernet.alphas, labels];
  for (const set of sets) engine.allocate(set, 1);
  engine.write(label, [0, 2, 1, 2]);
  const parameters = [...supernet.weights.variables, ...supernet.alphas.variables];
  const program = await engine.compile((graph) => {
    const x = graph.feed('x', [BATCH, settings.size, settings.size, settings.imageChannels]);
    // Traced first: averages that move later would otherwise be read as they are then.
    const evaluated = crossEntropy(supernet.forward(x, 'evaluate'), graph.read(label));
    const loss = crossEntropy(supernet.forward(x, 'train'), graph.read(label));
    graph.output('loss', loss);
    graph.output('loss in evaluation', evaluated);
    gradients(
      loss,
      parameters.map((variable) => graph.read(variable)),
    ).forEach((gradient, i) => {
      if (gradient) graph.output(`gradient of ${parameters[i].name}`, gradient);
    });
  });
  const random = new Random(4, 'images');
  program.run({ x: Float32Array.from({ length: BATCH * 8 * 8 * 2 }, () => random.normal()) });
  const results = new Map<string, number[]>();
  for (const name of ['loss', 'loss in evaluation', ...parameters.map(({ name }) => `gradient of ${name}`)])
    results.set(name, Array.from(await program.read(name)));
  for (const variable of supernet.averages.variables)
    results.set(`average ${variable.name}`, Array.from(await engine.read(variable)));
  program.dispose();
  for (const set of sets) engine.release(set);
  return results;
}

describe('the supernet of NAS-Bench-201', () => {
  it.each([
    { affine: false, batchNorm: 'batch' },
    { affine: true, batchNorm: 'running' },
  ] as const)(
    'gives the losses, gradients and averages that single operations give: affine $affine, batch norm by $batchNorm',
    async (options) => {
      const fused = await everything(nasbench201.supernet, options);
      const unfused = await everything(unfusedSupernet, options);
      expect([...fused.keys()]).toEqual([...unfused.keys()]);
      expect(fused.size).toBeGreaterThan(40);
      for (const [name, wanted] of unfused) {
        const got = fused.get(name) as number[];
        const size = Math.max(...wanted.map(Math.abs), 1e-3);
        wanted.forEach((value, i) => {
          expect(Math.abs(got[i] - value), `${name} ${i}: got ${got[i]}, wanted ${value}`).toBeLessThan(2e-5 * size);
        });
      }
    },
  );
});
