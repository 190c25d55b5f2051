import type { Gpu } from '../device/gpu.js';
import { tableDigest, variantsOf } from './record.js';
import { loadTuning, type TuningStore } from './saved.js';

/** Measured choices that differ from the usual ones. */
export interface AppliedTuning {
  /** For `new Engine(gpu, { variants })`. */
  readonly variants: ReadonlyMap<string, string>;
  /** Names the choices: programs give equal bits where it is equal. */
  readonly digest: string;
}

/**
 * The tuning kept for a device. Undefined where there is none, or one that takes all the usual variants.
 * @param notice told why a tuning that is there is not used
 */
export async function applyTuning(
  gpu: Pick<Gpu, 'info'>,
  store: TuningStore,
  notice: (text: string) => void,
): Promise<AppliedTuning | undefined> {
  const { records, problem } = await loadTuning(gpu, store);
  if (problem !== undefined) notice(problem);
  const variants = variantsOf(records);
  const digest = await tableDigest(variants);
  return digest === undefined ? undefined : { variants, digest };
}
