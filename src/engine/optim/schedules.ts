import { AttributeError } from '../errors/errors.js';

/** A number that changes with the step, counted from 0. It is fed to the program: changing it compiles nothing. */
export type Schedule = (step: number) => number;

export interface ScheduleSettings {
  readonly initial: number;
  /** Value that the last step approaches (step = `steps`). */
  readonly final?: number;
  /** Steps of the whole run, warm-up included. */
  readonly steps: number;
  /** Steps in which the value rises linearly from initial / warmUp to `initial`. */
  readonly warmUp?: number;
}

/** Half a cosine from `initial` to `final` (Loshchilov and Hutter 2017, eq. 5, without restarts). */
export function cosine(settings: ScheduleSettings): Schedule {
  return shaped(settings, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);
}

/** A straight line from `initial` to `final`. */
export function linear(settings: ScheduleSettings): Schedule {
  return shaped(settings, (progress) => 1 - progress);
}

/** `initial` throughout, after the warm-up. */
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
    if (!Number.isFinite(value)) throw new AttributeError(`schedule: ${name} is ${value}, wanted a number`);
  return (step) => {
    if (step < warmUp) return (initial * (step + 1)) / warmUp;
    const progress = Math.min(1, (step - warmUp) / (steps - warmUp));
    return final + (initial - final) * shape(progress);
  };
}
