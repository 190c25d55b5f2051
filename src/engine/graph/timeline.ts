/** A phase of work on the host, in milliseconds of `performance.now()`. */
export interface Phase {
  readonly name: string;
  readonly startMilliseconds: number;
  readonly milliseconds: number;
}

/** Options of a `Timeline`. */
export interface TimelineOptions {
  /** Also records phases by `performance.measure`, which the profilers of browsers and of Node show. */
  readonly userTiming?: boolean;
}

/**
 * Records the phases of an engine's work on the host: tracing, planning, building pipelines, encoding, submitting. It grows with
 * every run, so it is for a few runs, not for a whole training.
 */
export class Timeline {
  /** In the order in which they ended. */
  readonly phases: Phase[] = [];

  constructor(private readonly options: TimelineOptions = {}) {}

  /** Begins a phase, which may lie within another. @returns a function that ends it */
  begin(name: string): () => void {
    const startMilliseconds = performance.now();
    return () => this.add({ name, startMilliseconds, milliseconds: performance.now() - startMilliseconds });
  }

  /** Adds a finished phase. */
  add(phase: Phase): void {
    this.phases.push(phase);
    if (this.options.userTiming)
      performance.measure(phase.name, { start: phase.startMilliseconds, duration: phase.milliseconds });
  }
}
