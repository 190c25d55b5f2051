/** Steps per second over the last seconds, so that a slow start (building pipelines, reading images) does not distort the estimate. */
export class StepRate {
  private readonly samples: { time: number; step: number }[] = [];

  /** @param window length of the window in milliseconds */
  constructor(private readonly window = 10_000) {}

  add(time: number, step: number): void {
    this.samples.push({ time, step });
    while (this.samples.length > 2 && this.samples[1].time <= time - this.window) this.samples.shift();
  }

  /** Null until two samples differ in time and steps. */
  get perSecond(): number | null {
    const first = this.samples.at(0);
    const last = this.samples.at(-1);
    if (!first || !last || last.time <= first.time || last.step <= first.step) return null;
    return (1000 * (last.step - first.step)) / (last.time - first.time);
  }

  /** Seconds until `total`, or null while the rate is not known. */
  secondsTo(total: number): number | null {
    const rate = this.perSecond;
    const last = this.samples.at(-1);
    return rate === null || !last ? null : Math.max(0, total - last.step) / rate;
  }
}
