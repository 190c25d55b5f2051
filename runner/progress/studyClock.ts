/** Estimates the time left for jobs of several kinds from the mean time of the finished jobs of each kind. */
export class StudyClock {
  private readonly taken = new Map<string, { seconds: number; count: number }>();
  private readonly waiting: string[];
  readonly total: number;

  /**
   * @param kinds the kinds of the remaining jobs, in any order
   * @param done number of jobs finished in earlier runs
   */
  constructor(
    kinds: readonly string[],
    private done = 0,
  ) {
    this.waiting = [...kinds];
    this.total = kinds.length + done;
  }

  /** The number of the job that starts now, from 1. */
  start(kind: string): number {
    const place = this.waiting.indexOf(kind);
    if (place >= 0) this.waiting.splice(place, 1);
    else this.waiting.shift();
    this.done++;
    return this.done;
  }

  finish(kind: string, seconds: number): void {
    const { seconds: sum, count } = this.taken.get(kind) ?? { seconds: 0, count: 0 };
    this.taken.set(kind, { seconds: sum + seconds, count: count + 1 });
  }

  /** Mean seconds of the finished jobs of this kind; null before there is one. */
  expected(kind: string): number | null {
    const known = this.taken.get(kind);
    return known ? known.seconds / known.count : null;
  }

  /**
   * Seconds of the jobs not yet started. A kind without a finished job counts as slow as the slowest other kind, including
   * `running`, the kind and expected seconds of the current job.
   */
  secondsWaiting(running: { readonly kind: string; readonly seconds: number }): number {
    const means = new Map([[running.kind, running.seconds]]);
    for (const [kind, { seconds, count }] of this.taken) means.set(kind, seconds / count);
    const slowest = Math.max(...means.values());
    return this.waiting.reduce((sum, kind) => sum + (means.get(kind) ?? slowest), 0);
  }
}
