import type { Gpu } from '../../src/engine/device/index.js';
import { type AppliedTuning, applyTuning } from '../../src/engine/tuner/index.js';
import type { Tools } from '../tools/tools.js';

/**
 * The tuning that a command uses on a device.
 * @param options `tune` false: none
 * @param notice receives the reason when a stored tuning is not used
 */
export async function tuningFor(
  gpu: Gpu,
  tools: Tools,
  { tune = true }: { readonly tune?: boolean },
  notice: (text: string) => void = () => {},
): Promise<AppliedTuning | undefined> {
  if (!tune) return undefined;
  return applyTuning(gpu, await tools.openTunings(), (text) => notice(`${text}; nastransfer tune measures again`));
}
