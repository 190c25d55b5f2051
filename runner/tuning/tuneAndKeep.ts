import type { Gpu } from '../../src/engine/device/index.js';
import { Engine } from '../../src/engine/runtime/index.js';
import {
  loadTuning,
  saveTuning,
  type TuningRecord,
  type TuningStore,
  tableDigest,
  tune,
  variantsOf,
} from '../../src/engine/tuner/index.js';
import { interruptible } from '../progress/interrupt.js';
import type { Progress } from '../progress/progress.js';
import type { TuningWork } from './tuningWork.js';

export interface TuneAndKeepOptions {
  /** No measurement is started after these seconds. */
  readonly seconds: number;
  readonly progress: Pick<Progress, 'note' | 'start' | 'update' | 'finish'>;
}

export interface TuneOutcome {
  /** Records of the choices measured in this run. */
  readonly records: readonly TuningRecord[];
  /** Number of choices measured before. */
  readonly known: number;
  /** Number of choices for which there was no time. */
  readonly left: number;
  /** Digest of all choices; undefined where they are the default ones. */
  readonly digest?: string;
}

/**
 * Tunes for some networks on a device and stores every choice as soon as it is measured.
 * @throws {InterruptedError} when the user stops
 * @throws {StoreError} when a choice cannot be stored
 */
export async function tuneAndKeep(
  gpu: Gpu,
  work: readonly TuningWork[],
  store: TuningStore,
  { seconds, progress }: TuneAndKeepOptions,
): Promise<TuneOutcome> {
  const loaded = await loadTuning(gpu, store);
  if (loaded.problem !== undefined) progress.note(loaded.problem);
  const all = [...loaded.records];
  const deadline = performance.now() + 1000 * seconds;
  const engine = new Engine(gpu);
  let left = 0;
  try {
    await interruptible('stopped; finished measurements are kept: run the same command again to continue', async () => {
      for (const { label, graphs } of work) {
        progress.start(label, 'finding choices');
        const tuning = await tune(engine, graphs, {
          known: all,
          seconds: Math.max(0, (deadline - performance.now()) / 1000),
          async onRecord(record, done, total) {
            all.push(record);
            progress.update({ done, total, unit: 'choice' });
            await saveTuning(gpu, store, all);
          },
        });
        left += tuning.left;
        progress.finish(`${tuning.records.length} choices measured`);
      }
    });
  } finally {
    engine.dispose();
  }
  const known = loaded.records.length;
  return { records: all.slice(known), known, left, digest: await tableDigest(variantsOf(all)) };
}
