/** The first steps of a training, each of which is waited for: they tell soon how long a step takes. */
const WAITED_FOR = 2;

/**
 * Whether to wait for the device after a step, so that its queue stays short and progress is real.
 * @param index the step in its epoch, from 0
 * @param before steps of the epochs before
 * @param ahead steps that are submitted before waiting
 */
export function waitsAfter(index: number, before: number, ahead: number): boolean {
  return (index + 1) % ahead === 0 || before + index < WAITED_FOR;
}
