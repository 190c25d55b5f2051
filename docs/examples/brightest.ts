import { matmul } from 'nastransfer/engine';
import { type DrawContext, halvesOf, indicesByClass, SourceError, type SourceRule } from 'nastransfer/nas';
import { z } from 'zod';

/** The brightest images of every class, as a model on the device judges them: here a sum of the pixels. */
export const brightest: SourceRule = {
  name: 'brightest',
  form: 'SET:brightest=0.5',
  description: 'The brightest images of every class.',
  parameter: {
    field: 'kept',
    schema: z.number().gt(0).max(1).optional().describe('rule brightest: the fraction of every class that is kept'),
    wanted: (kept) => (kept !== undefined && kept > 0 && kept <= 1 ? undefined : 'a number above 0 and at most 1'),
  },
  readsPixels: true,
  async draw(context) {
    const { set, specification } = context;
    const scores = await brightness(context);
    const chosen = indicesByClass(set.train, set.classes.length).map((indices) => {
      const sorted = [...indices].sort((a, b) => scores[b] - scores[a]);
      return sorted.slice(0, Math.ceil((specification.kept as number) * indices.length));
    });
    const { share, ...drawn } = halvesOf(context, chosen, [...set.classes.keys()]);
    return { ...drawn, description: `${share}, the brightest` };
  },
};

/** Images whose pixels are on the device at one time. */
const BATCH = 512;

async function brightness({ set, engine }: DrawContext): Promise<Float32Array> {
  if (!engine) throw new SourceError(`source of '${set.name}': rule brightest needs a device`);
  const { count, pixels } = set.train;
  const size = pixels.length / count;
  const program = await (await engine()).compile((graph) => {
    const ones = graph.constant(new Float32Array(4 * size).fill(1), [size, 4]);
    graph.output('sums', matmul(graph.feed('pixels', [BATCH, size]), ones));
  });
  const scores = new Float32Array(count);
  for (let start = 0; start < count; start += BATCH) {
    const batch = new Float32Array(BATCH * size);
    batch.set(pixels.subarray(start * size, (start + BATCH) * size));
    program.run({ pixels: batch });
    const sums = await program.read('sums');
    for (let i = 0; i < BATCH && start + i < count; i++) scores[start + i] = sums[4 * i];
  }
  program.dispose();
  return scores;
}
