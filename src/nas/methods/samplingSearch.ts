import { Random } from '../../engine/random/random.js';
import { type Problem, type Search, SearchError, type SearchState } from './method.js';

/** An architecture evaluated; `text` is its canonical form. */
export interface Evaluation {
  readonly architecture: unknown;
  readonly text: string;
  readonly fitness: number;
}

export interface SamplingSettings {
  readonly method: string;
  /** Architectures to evaluate in all. */
  readonly total: number;
  /** The next architecture, from what was evaluated so far (oldest first). */
  propose(evaluations: readonly Evaluation[], random: Random): unknown;
}

/** The evaluation of the highest fitness, the first of equals. */
export function fittest(evaluations: readonly Evaluation[]): Evaluation {
  return evaluations.reduce((best, next) => (next.fitness > best.fitness ? next : best));
}

/**
 * A search that proposes one architecture a step and evaluates it; the fittest wins. Its whole state is the list of
 * evaluations and the position of its random numbers.
 */
export function samplingSearch(problem: Problem, settings: SamplingSettings): Search {
  const { space } = problem;
  const random = new Random(problem.seed, `search ${settings.method}`);
  let evaluations: Evaluation[] = [];

  return {
    async step() {
      const done = evaluations.length;
      if (done >= settings.total) return false;
      const architecture = settings.propose(evaluations, random);
      const fitness = await problem.evaluate(architecture, done);
      const text = space.format(architecture);
      if (!Number.isFinite(fitness))
        throw new SearchError(`${settings.method}: the fitness of ${text} is ${fitness}, wanted a finite number`);
      evaluations.push({ architecture, text, fitness });
      problem.report?.({ kind: 'evaluation', done: done + 1, total: settings.total, architecture: text, fitness });
      return evaluations.length < settings.total;
    },
    save() {
      const list = evaluations.map(({ text, fitness }) => [text, fitness]);
      return { method: settings.method, values: { position: random.position, evaluations: list }, arrays: {} };
    },
    restore(state) {
      requireMethod(state, settings.method);
      const { position, evaluations: list } = state.values as {
        position: number;
        evaluations: readonly (readonly [string, number])[];
      };
      random.position = position;
      evaluations = list.map(([text, fitness]) => ({ architecture: space.parse(text), text, fitness }));
    },
    result() {
      if (evaluations.length === 0)
        throw new SearchError(`${settings.method}: result() before the first step(), nothing was evaluated yet`);
      return {
        architecture: fittest(evaluations).text,
        epochs: [],
        evaluations: evaluations.map(({ text, fitness }) => ({ architecture: text, fitness })),
      };
    },
    progress: () => ({ done: evaluations.length, total: settings.total, unit: 'architecture' }),
  };
}

export function requireMethod(state: SearchState, method: string): void {
  if (state.method !== method)
    throw new SearchError(`${method}: restore() got the state of "${state.method}", wanted one of "${method}"`);
}
