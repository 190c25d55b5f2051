import type { Gpu } from '../device/gpu.js';
import { tableDigest, variantsOf } from './record.js';
import { loadTuning, type TuningStore } from './saved.js';

/** Measured choices between kernels that differ from the usual ones. */
export interface AppliedTuning {
  /** For `new Engine(gpu, { variants })`. */
  readonly variants: ReadonlyMap<string, string>;
  /** Identifies the choices: with equal digests, programs give equal bits. */
  readonly digest: string;
}

/**
 * Loads the saved tuning of a device.
 * @param notice called with the reason when a saved tuning is not used
 * @returns undefined when there is none, or it has only usual variants
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
