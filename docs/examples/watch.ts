import { Engine } from 'nastransfer/engine';
import {
  methodByName,
  parseSource,
  SEARCH_PROTOCOL,
  type SearchEvent,
  searchProblem,
  spaceByName,
} from 'nastransfer/nas';
import { open, openImageSet } from 'nastransfer/node';

const gpu = await open();
const stop = new AbortController();
const seen: SearchEvent['kind'][] = [];

/** Called for phases, steps, epochs and evaluations: everything that a progress display needs. */
function report(event: SearchEvent): void {
  if (!seen.includes(event.kind)) seen.push(event.kind);
  if (event.kind === 'epoch') console.log(`epoch ${event.done} of ${event.total}: loss ${event.record.trainLoss}`);
  if (event.kind === 'epoch' && event.done === 2) stop.abort(new Error('two epochs are enough'));
}

const task = {
  protocol: {
    ...SEARCH_PROTOCOL,
    channels: 4,
    cells: 1,
    imageSize: 8,
    imageChannels: 1 as const,
    epochs: 50,
    batch: 16,
  },
  specification: parseSource('mnist:images=0.002'),
  seed: 0,
};
const method = methodByName('darts');
const problem = await searchProblem(
  new Engine(gpu),
  spaceByName('nasbench201'),
  task,
  await openImageSet('mnist'),
  report,
  {
    signal: stop.signal,
  },
);
const search = method.start(problem, method.options.parse({}));
let saved = await search.save();
try {
  while (await search.step()) saved = await search.save();
} catch (error) {
  console.log(`stopped: ${(error as Error).message}`);
  // A search restored from a saved state, in this or another process, continues to the same bits.
  const again = method.start({ ...problem, report: undefined, signal: undefined }, method.options.parse({}));
  await again.restore(saved);
  console.log(`saved after epoch ${again.progress().done}`);
  again.dispose?.();
} finally {
  search.dispose?.();
  gpu.dispose();
}
console.log(seen.join(' '));
