import { Random } from '../../../engine/random/random.js';
import type { EvaluationRecord, SearchOutcome } from '../../records/outcome.js';
import { SearchError } from '../../search/errors.js';
import { inPhase } from '../../search/events.js';
import type { Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { requireMethod, WholeSteps } from '../shared/searchState.js';

/** An evaluated architecture. */
export interface Evaluation {
  readonly architecture: unknown;
  /** Its canonical text. */
  readonly text: string;
  /** Accuracy from 0 to 1. */
  readonly fitness: number;
  readonly epochs?: number;
  readonly seconds?: number;
}

/** What to evaluate next. */
export interface Proposal {
  readonly architecture: unknown;
  /** One of the problem's lengths of training; default: the last. */
  readonly epochs?: number;
}

export interface SamplingSettings {
  readonly method: string;
  /** Architectures to evaluate in all; limits of the problem replace it. */
  readonly total: number;
  /**
   * Chooses the next architecture.
   * @param evaluations all so far, oldest first
   * @param random the search's random numbers; their position is part of its state
   * @returns undefined to end the search
   */
  propose(evaluations: readonly Evaluation[], random: Random): Proposal | undefined | Promise<Proposal | undefined>;
  /** Which evaluation is the result; default: `fittest`. */
  select?(evaluations: readonly Evaluation[]): Evaluation;
  /** Further fields of the outcome. */
  outcome?(evaluations: readonly Evaluation[]): Partial<SearchOutcome>;
  /** State that `propose` keeps between calls and cannot reconstruct from the evaluations; JSON. */
  readonly state?: {
    save(): Readonly<Record<string, unknown>>;
    restore(values: Readonly<Record<string, unknown>>): void;
  };
  /** Frees what `propose` holds. */
  dispose?(): void;
}

/** The evaluation of the highest fitness, the first of equals. */
export function fittest(evaluations: readonly Evaluation[]): Evaluation {
  return evaluations.reduce((best, next) => (next.fitness > best.fitness ? next : best));
}

/**
 * A search that proposes and evaluates one architecture a step; the fittest is the result. Its state is the list of
 * evaluations, the position of its random numbers and the method's own state.
 */
export function samplingSearch(problem: Problem, settings: SamplingSettings): Search {
  const { space, limits, signal } = problem;
  const { method } = settings;
  const whole = new WholeSteps(method);
  const random = new Random(problem.seed, `search ${method}`);
  const total = limits?.evaluations ?? (limits?.seconds === undefined ? settings.total : Number.POSITIVE_INFINITY);
  let evaluations: Evaluation[] = [];
  let seconds = 0;
  let ended = false;

  const end = (): false => {
    ended = true;
    return false;
  };

  const evaluateNext = async (): Promise<boolean> => {
    const done = evaluations.length;
    const proposal = await settings.propose(evaluations, random);
    if (proposal === undefined) return end();
    const { architecture, epochs } = proposal;
    const text = space.format(architecture);
    const phase = { phase: 'evaluation', index: done + 1, count: total, architecture: text } as const;
    const result = await inPhase(problem, phase, () =>
      problem.evaluate(architecture, { seedOffset: done, epochs, signal }),
    );
    const fitness = result.accuracy;
    if (!Number.isFinite(fitness))
      throw new SearchError(`${method}: the fitness of ${text} is ${fitness}, wanted a finite number`);
    seconds += result.seconds ?? 0;
    if (limits?.seconds !== undefined && seconds > limits.seconds) {
      if (done > 0) return end();
      throw new SearchError(
        `${method}: the first evaluation takes ${seconds.toFixed(0)} s, wanted at most the limit of ${limits.seconds} s; raise the limit`,
      );
    }
    evaluations.push({ architecture, text, fitness, epochs, seconds: result.seconds });
    problem.report?.({ kind: 'evaluation', done: done + 1, total, architecture: text, fitness });
    return evaluations.length < total;
  };

  return {
    async step() {
      if (ended || evaluations.length >= total) return false;
      return whole.run(signal, evaluateNext);
    },
    save() {
      whole.requireWhole('save');
      const values = { position: random.position, ended, evaluations: evaluations.map(recordOf) };
      return { method, values: { ...values, state: settings.state?.save() }, arrays: {} };
    },
    restore(saved) {
      requireMethod(saved, method);
      const values = saved.values as {
        position: number;
        ended: boolean;
        evaluations: readonly EvaluationRecord[];
        state?: Readonly<Record<string, unknown>>;
      };
      random.position = values.position;
      ended = values.ended;
      evaluations = values.evaluations.map(({ architecture: text, ...rest }) => ({
        architecture: space.parse(text),
        text,
        ...rest,
      }));
      seconds = evaluations.reduce((sum, evaluation) => sum + (evaluation.seconds ?? 0), 0);
      if (values.state) settings.state?.restore(values.state);
      whole.reset();
    },
    result() {
      if (evaluations.length === 0)
        throw new SearchError(`${method}: result() before the first step(), nothing was evaluated yet`);
      return {
        architecture: (settings.select ?? fittest)(evaluations).text,
        epochs: [],
        evaluations: evaluations.map(recordOf),
        ...settings.outcome?.(evaluations),
      };
    },
    progress: () => ({ done: evaluations.length, total, unit: 'architecture' }),
    dispose: () => settings.dispose?.(),
  };
}

/** Omits undefined fields: results are compared and hashed as JSON. */
function recordOf({ text, fitness, epochs, seconds }: Evaluation): EvaluationRecord {
  return {
    architecture: text,
    fitness,
    ...(epochs === undefined ? {} : { epochs }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}
