/** Something that the host did, by performance.now(). */
export interface Phase {
  readonly name: string;
  readonly startMilliseconds: number;
  readonly milliseconds: number;
}

export interface TimelineOptions {
  /** Phases become entries of performance.measure too, which the profilers of browsers and of Node show. */
  readonly userTiming?: boolean;
}

/** What an engine's host side does and when. It grows with every run: for looking into a few, not for a training. */
export class Timeline {
  readonly phases: Phase[] = [];

  constructor(private readonly options: TimelineOptions = {}) {}

  /** Begins a phase; the result ends it. Phases may lie within others. */
  begin(name: string): () => void {
    const startMilliseconds = performance.now();
    return () => this.add({ name, startMilliseconds, milliseconds: performance.now() - startMilliseconds });
  }

  add(phase: Phase): void {
    this.phases.push(phase);
    if (this.options.userTiming)
      performance.measure(phase.name, { start: phase.startMilliseconds, duration: phase.milliseconds });
  }
}
