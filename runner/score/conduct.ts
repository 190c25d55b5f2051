import type { Gpu } from '../../src/engine/device/index.js';
import { Engine } from '../../src/engine/runtime/index.js';
import { fitImages, makeSource, parseSource } from '../../src/nas/data/index.js';
import {
  correlateScores,
  evaluateScores,
  judgedBy,
  type Score,
  type ScoreContext,
  scoreBatch,
} from '../../src/nas/scores/index.js';
import type { Space } from '../../src/nas/spaces/index.js';
import type { ScoreResults, Table } from '../../src/nas/tables/index.js';
import { fingerprint, jobHash } from '../../src/nas/transfer/index.js';
import { openImageSet } from '../data/imageSets.js';
import { makeFolder } from '../files/makeFolder.js';
import { versions } from '../package/package.js';
import { interruptible } from '../progress/interrupt.js';
import { writeScoreFiles } from '../report/writeScores.js';
import { adapterOf } from '../study/prepare.js';
import type { Tools } from '../tools/tools.js';
import { tuningFor } from '../tuning/tuning.js';
import { memoryStore, openScoreFolder, type ScoreStore } from './store.js';

export interface ScoreTask {
  readonly space: Space;
  /** Canonical texts. */
  readonly architectures: readonly string[];
  /** Scores that share a forward or backward pass are adjacent. */
  readonly scores: readonly Score[];
  /** Format of `parseSource`. */
  readonly source: string;
  readonly seed: number;
  readonly batch: number;
  readonly channels: number;
  readonly cells: number;
  readonly size: number;
  readonly table?: Table;
}

export interface ScoreOptions {
  readonly adapter?: string;
  readonly dataDir?: string;
  readonly tune?: boolean;
  /** Folder for finished scores and results. */
  readonly out?: string;
  readonly rerun?: string;
  notice(text: string): void;
  onCell(done: number, total: number): void;
}

/**
 * Scores architectures one after another.
 * @throws {InterruptedError} when the user stops; with a folder, finished scores are kept
 */
export async function conductScores(task: ScoreTask, tools: Tools, options: ScoreOptions): Promise<ScoreResults> {
  const { space, source, seed, batch, channels, cells, size } = task;
  const specification = parseSource(source);
  const set = await openImageSet(specification.set, { dataDir: options.dataDir, size });
  const images = await makeSource(fitImages(set, { size, channels: set.channels }), specification, seed);
  const chosen = scoreBatch(images.trainSplit, images, { batch, seed });
  if (options.out !== undefined) await makeFolder(options.out);
  const gpu = await tools.openGpu(options.adapter);
  let store: ScoreStore | undefined;
  let engine: Engine | undefined;
  try {
    const tuning = await tuningFor(gpu, tools, options, options.notice);
    const adapter = adapterOf({ gpu, tuning });
    const settings = { channels, cells, classes: images.classes.length, size, imageChannels: images.channels };
    const decides = { space: space.name, settings, source, batch, seed, adapter, images: await fingerprint(set) };
    const run = await jobHash(decides);
    store = options.out === undefined ? memoryStore() : await openScoreFolder(options.out, run, options.notice);
    engine = new Engine(gpu, { variants: tuning?.variants });
    const context: ScoreContext = { engine, space, settings, ...chosen };
    const kept = store;
    const stopped = options.out === undefined ? 'stopped' : `stopped; finished work is kept in ${options.out}`;
    await interruptible(stopped, () => evaluateAll(task, context, kept, options, gpu));
    const results = resultsOf(task, kept, {
      images: images.name,
      settings: { ...settings, batch, seed },
      adapter,
      rerun: options.rerun,
    });
    if (options.out !== undefined) await writeScoreFiles(results, options.out);
    return results;
  } finally {
    engine?.dispose();
    gpu.dispose();
    await store?.close();
  }
}

async function evaluateAll(
  { space, architectures, scores }: ScoreTask,
  context: ScoreContext,
  store: ScoreStore,
  { onCell }: ScoreOptions,
  gpu: Gpu,
): Promise<void> {
  for (const [done, text] of architectures.entries()) {
    onCell(done, architectures.length);
    const known = store.get(text).scores;
    const missing = scores.filter(({ name }) => !(name in known));
    if (missing.length === 0) continue;
    await store.append(text, await evaluateScores(missing, context, space.parse(text)));
    gpu.check();
  }
  onCell(architectures.length, architectures.length);
}

function resultsOf(
  { space, architectures, scores, table }: ScoreTask,
  store: ScoreStore,
  provenance: Pick<ScoreResults, 'images' | 'settings' | 'adapter' | 'rerun'>,
): ScoreResults {
  const names = scores.map(({ name }) => name);
  const measurements = table ? judgedBy(table) : [];
  const columns = measurements.map((measurement) => ({ measurement, values: table?.accuracies(measurement) }));
  const cells = architectures.map((architecture) => {
    const known = store.get(architecture);
    const index = table?.indexOf(architecture);
    return {
      architecture,
      ...(index === undefined
        ? {}
        : {
            index,
            accuracies: columns.map(({ measurement, values }) => ({
              measurement,
              accuracy: values?.[index] ?? Number.NaN,
            })),
          }),
      scores: Object.fromEntries(names.map((name) => [name, known.scores[name]])),
      seconds: Object.fromEntries(names.map((name) => [name, known.seconds[name]])),
    };
  });
  return {
    format: 1,
    kind: 'scores',
    space: space.name,
    ...(table ? { table: table.name } : {}),
    ...provenance,
    cells,
    correlations: correlateScores(scores, measurements, cells, space.name),
    versions: versions(),
  };
}
