import { SearchError } from '../../search/errors.js';
import type { SearchState } from '../../search/method.js';

/** @throws {SearchError} when a state is of another method */
export function requireMethod(state: SearchState, method: string): void {
  if (state.method !== method)
    throw new SearchError(`${method}: restore() got the state of "${state.method}", wanted one of "${method}"`);
}

/** Steps of a search that must not be saved when one of them failed. */
export class WholeSteps {
  private interrupted = false;

  constructor(private readonly method: string) {}

  /**
   * Does one step.
   * @throws the reason of the signal when it is aborted, before the step begins
   * @throws {SearchError} when an earlier step failed
   */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.requireWhole('step');
    signal?.throwIfAborted();
    this.interrupted = true;
    const result = await work();
    this.interrupted = false;
    return result;
  }

  /** @throws {SearchError} when a step is unfinished: it failed, was aborted, or still runs */
  requireWhole(operation: string): void {
    if (this.interrupted)
      throw new SearchError(
        `${this.method}: ${operation}() during or after an unfinished step, wanted a state between two steps; restore() an earlier state or start again`,
      );
  }

  /** A state has been restored. */
  reset(): void {
    this.interrupted = false;
  }
}
