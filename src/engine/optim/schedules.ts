import { AttributeError } from '../errors/errors.js';

/** Value as a function of the step, counted from 0. It is passed as a feed, so that changes compile nothing. */
export type Schedule = (step: number) => number;

/** Settings of a schedule. */
export interface ScheduleSettings {
  /** Value at the first step after the warm-up. */
  readonly initial: number;
  /** Value at step `steps`, one after the last. Default 0. */
  readonly final?: number;
  /** Steps of the whole run, warm-up included. */
  readonly steps: number;
  /** Steps in which the value rises linearly from initial / warmUp to `initial`. Default 0. */
  readonly warmUp?: number;
}

/**
 * Cosine annealing from `initial` to `final` (Loshchilov and Hutter 2017, SGDR, eq. 5, without restarts).
 * @throws {AttributeError} when `steps` or `warmUp` is out of its range, or a value is not finite
 */
export function cosine(settings: ScheduleSettings): Schedule {
  return shaped(settings, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);
}

/**
 * Linear decay from `initial` to `final`.
 * @throws {AttributeError} when `steps` or `warmUp` is out of its range, or a value is not finite
 */
export function linear(settings: ScheduleSettings): Schedule {
  return shaped(settings, (progress) => 1 - progress);
}

/**
 * Constant, `initial`, after the warm-up.
 * @throws {AttributeError} when `steps` or `warmUp` is out of its range, or `initial` is not finite
 */
export function constant({ initial, steps, warmUp }: Omit<ScheduleSettings, 'final'>): Schedule {
  return shaped({ initial, steps, warmUp }, () => 1);
}

/** final + (initial - final) * shape(progress), where progress goes from 0 after the warm-up to 1. */
function shaped(settings: ScheduleSettings, shape: (progress: number) => number): Schedule {
  const { initial, final = 0, steps, warmUp = 0 } = settings;
  if (!Number.isInteger(steps) || steps < 1)
    throw new AttributeError(`schedule: steps is ${steps}, wanted a positive integer`);
  if (!Number.isInteger(warmUp) || warmUp < 0 || warmUp >= steps)
    throw new AttributeError(`schedule: warmUp is ${warmUp}, wanted an integer from 0 to less than ${steps} steps`);
  for (const [name, value] of Object.entries({ initial, final }))
    if (!Number.isFinite(value)) throw new AttributeError(`schedule: ${name} is ${value}, wanted a finite number`);
  return (step) => {
    if (step < warmUp) return (initial * (step + 1)) / warmUp;
    const progress = Math.min(1, (step - warmUp) / (steps - warmUp));
    return final + (initial - final) * shape(progress);
  };
}
