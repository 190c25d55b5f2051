import type { Gpu } from '../../src/engine/device/index.js';
import type { Engine } from '../../src/engine/runtime/index.js';
import { imageSets } from '../data/imageSetCache.js';
import type { Tools } from '../tools/tools.js';
import { tuningFor } from '../tuning/tuning.js';
import type { KeptPlan } from './kept.js';
import { planQuickstart } from './planner.js';
import { NETWORK_SIZES } from './sizes.js';
import { measuredText, planText, roughly } from './words.js';

export interface NewPlanOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly dataDir?: string;
  readonly tune?: boolean;
  /** Seconds since the command began. */
  elapsed(): number;
  notice(text: string): void;
}

/** Seconds for results, report and other work outside of steps. */
const CLOSING_SECONDS = 3;

/** Times the study's networks on a device and chooses the study. The engine holds the kernels compiled for it. */
export async function newPlan(
  gpu: Gpu,
  tools: Tools,
  { minutes, seed, dataDir, tune, elapsed, notice }: NewPlanOptions,
): Promise<{ plan: KeptPlan; engine?: Engine }> {
  const sets = imageSets({ dataDir, size: Math.max(...NETWORK_SIZES.map(({ imageSize }) => imageSize)) });
  const before = elapsed();
  await sets.open('emoji');
  await sets.open('mnist');
  // The study reads them again and prints their names.
  const closing = CLOSING_SECONDS + 2 * (elapsed() - before);
  const tuning = await tuningFor(gpu, tools, { tune });
  const timer = await tools.stepTimer(gpu, { variants: tuning?.variants });
  const { rung, seconds, fits } = await planQuickstart(
    async (size) => {
      const times = await timer.measure(size, sets);
      notice(measuredText(size, times));
      return times;
    },
    () => 60 * minutes - elapsed() - closing,
  );
  const estimate = elapsed() + seconds + closing;
  for (const line of planText(rung, { minutes, fits })) notice(line);
  notice(`estimate: about ${roughly(estimate)} in all, of which ${roughly(elapsed())} are over`);
  return { plan: { minutes, seed, device: gpu.info.name, rung, estimate }, engine: timer.engine };
}
