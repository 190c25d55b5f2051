import { Random } from '../../../engine/random/random.js';
import type { EvaluationRecord, SearchOutcome } from '../../records/outcome.js';
import { type Problem, type Search, SearchError, type SearchState } from '../../search/method.js';

/** An architecture evaluated; `text` is its canonical form. */
export interface Evaluation {
  readonly architecture: unknown;
  readonly text: string;
  readonly fitness: number;
  readonly epochs?: number;
  readonly seconds?: number;
}

/** What to evaluate next. */
export interface Proposal {
  readonly architecture: unknown;
  /** One of the problem's lengths of training; its last where left out. */
  readonly epochs?: number;
}

export interface SamplingSettings {
  readonly method: string;
  /** Architectures to evaluate in all; the problem's limits come first. */
  readonly total: number;
  /** The next architecture, from what was evaluated so far (oldest first); undefined ends the search. */
  propose(evaluations: readonly Evaluation[], random: Random): Proposal | undefined | Promise<Proposal | undefined>;
  /** Of those evaluated, the one that is the search's result; the fittest where left out. */
  select?(evaluations: readonly Evaluation[]): Evaluation;
  /** What stands in the outcome besides. */
  outcome?(evaluations: readonly Evaluation[]): Partial<SearchOutcome>;
  /** What `propose` keeps between calls and can't find again in the evaluations; survives JSON. */
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
 * A search that proposes one architecture a step and evaluates it; the fittest wins. Its state is the list of
 * evaluations, the position of its random numbers and what the method adds.
 */
export function samplingSearch(problem: Problem, settings: SamplingSettings): Search {
  const { space, limits } = problem;
  const random = new Random(problem.seed, `search ${settings.method}`);
  const total = limits?.evaluations ?? (limits?.seconds === undefined ? settings.total : Number.POSITIVE_INFINITY);
  let evaluations: Evaluation[] = [];
  let seconds = 0;
  let ended = false;

  const end = (): false => {
    ended = true;
    return false;
  };

  return {
    async step() {
      const done = evaluations.length;
      if (ended || done >= total) return false;
      const proposal = await settings.propose(evaluations, random);
      if (proposal === undefined) return end();
      const { architecture, epochs } = proposal;
      const result = await problem.evaluate(architecture, { seedOffset: done, epochs });
      const fitness = result.accuracy;
      const text = space.format(architecture);
      if (!Number.isFinite(fitness))
        throw new SearchError(`${settings.method}: the fitness of ${text} is ${fitness}, wanted a finite number`);
      seconds += result.seconds ?? 0;
      if (limits?.seconds !== undefined && seconds > limits.seconds) {
        if (done > 0) return end();
        throw new SearchError(
          `${settings.method}: the first evaluation takes ${seconds.toFixed(0)} s, wanted at most the limit of ${limits.seconds} s; raise the limit`,
        );
      }
      evaluations.push({ architecture, text, fitness, epochs, seconds: result.seconds });
      problem.report?.({ kind: 'evaluation', done: done + 1, total, architecture: text, fitness });
      return evaluations.length < total;
    },
    save() {
      const values = { position: random.position, ended, evaluations: evaluations.map(recordOf) };
      return { method: settings.method, values: { ...values, state: settings.state?.save() }, arrays: {} };
    },
    restore(saved) {
      requireMethod(saved, settings.method);
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
    },
    result() {
      if (evaluations.length === 0)
        throw new SearchError(`${settings.method}: result() before the first step(), nothing was evaluated yet`);
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

/** Without fields that are undefined: results are compared and hashed as JSON. */
function recordOf({ text, fitness, epochs, seconds }: Evaluation): EvaluationRecord {
  return {
    architecture: text,
    fitness,
    ...(epochs === undefined ? {} : { epochs }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

export function requireMethod(state: SearchState, method: string): void {
  if (state.method !== method)
    throw new SearchError(`${method}: restore() got the state of "${state.method}", wanted one of "${method}"`);
}
