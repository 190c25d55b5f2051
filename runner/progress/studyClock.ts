/** Time left in a list of jobs of several kinds, from how long the finished ones of each kind took. */
export class StudyClock {
  private readonly taken = new Map<string, { seconds: number; count: number }>();
  private readonly waiting: string[];
  readonly total: number;

  /**
   * @param kinds the kinds of the jobs still to do, in any order: jobs of a kind take about as long.
   * @param done jobs that were done before.
   */
  constructor(
    kinds: readonly string[],
    private done = 0,
  ) {
    this.waiting = [...kinds];
    this.total = kinds.length + done;
  }

  /** The number, from 1, of the job that starts now. */
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

  /** Seconds that a job of this kind takes; kinds not yet seen count as the mean of all; null before any has finished. */
  expected(kind: string): number | null {
    const known = this.taken.get(kind);
    if (known) return known.seconds / known.count;
    const all = [...this.taken.values()];
    const count = all.reduce((sum, { count }) => sum + count, 0);
    return count === 0 ? null : all.reduce((sum, { seconds }) => sum + seconds, 0) / count;
  }

  /** Seconds of the jobs not yet started; null before any job has finished. */
  get secondsWaiting(): number | null {
    if (this.waiting.length === 0) return 0;
    if (this.taken.size === 0) return null;
    return this.waiting.reduce((sum, kind) => sum + (this.expected(kind) ?? 0), 0);
  }
}
