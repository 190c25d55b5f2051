import { createColors } from 'picocolors';
import { clock, duration } from './duration.js';
import { bar, displayWidth, fitted, printable } from './line.js';
import { StepRate } from './rate.js';
import { StudyClock } from './studyClock.js';

/** The part of a writable stream that progress uses, such as `process.stderr`. */
export interface ProgressStream {
  write(text: string): unknown;
  on?(event: 'error', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
}

export interface ProgressOptions {
  /** Rewrite one line in place; by default on terminals (unless `TERM` is `dumb`). */
  readonly live?: boolean;
  /** By default on a live terminal unless `NO_COLOR` is set (no-color.org). */
  readonly colour?: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Milliseconds between two plain lines. */
  readonly plainInterval?: number;
  /** Milliseconds between two updates of the live line. */
  readonly liveInterval?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Metrics of a step; the accuracy is a fraction. */
export interface StepNumbers {
  readonly loss?: number;
  readonly accuracy?: number;
}

/** How much of a job is done, in its own unit, such as steps. */
export interface Work {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}

export interface Progress {
  /** Sets the number of jobs. `kinds` lists the kind of each remaining job, for the estimate of the time left. */
  beginStudy(kinds: readonly string[], done?: number): void;
  /**
   * Starts a job. `doing` is shown until the first update; with null nothing is shown. After `beginStudy` it counts as the
   * next job of its kind.
   */
  start(label: string, doing: string | null, kind?: string): void;
  /** Updates the progress of the job. Cheap: output is limited to one line per interval. */
  update(work: Work, numbers?: StepNumbers): void;
  /** Ends the job and prints one line about it. */
  finish(summary?: string): void;
  /** Prints a line above the live line. */
  note(text: string): void;
  /** Removes the live line, for example after an error. */
  clear(): void;
}

interface Job {
  readonly label: string;
  readonly doing: string | null;
  readonly kind: string;
  readonly started: number;
  readonly number: number | null;
  readonly rate: StepRate;
  /** Null until the first update. */
  work: Work | null;
  numbers: StepNumbers;
  shown: number;
}

const SHORTEST_LABEL = 18;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 24;

/**
 * Progress of long work: one live line on a terminal, or a plain line every few seconds elsewhere. Its timers do not keep
 * the process alive; after the stream closes it is silent.
 */
export function createProgress(stream: ProgressStream, options: ProgressOptions = {}): Progress {
  const environment = options.environment ?? process.env;
  const live = options.live ?? (stream.isTTY === true && environment.TERM !== 'dumb');
  const colours = createColors(options.colour ?? (live && !environment.NO_COLOR));
  const now = options.now ?? (() => performance.now());
  const interval = live ? (options.liveInterval ?? 100) : (options.plainInterval ?? 5000);
  let study: StudyClock | null = null;
  let job: Job | null = null;
  let ticking: NodeJS.Timeout | undefined;
  watchErrors(stream);

  function write(text: string): void {
    if (broken.has(stream) || stream.destroyed || stream.writableEnded) return;
    try {
      stream.write(text);
    } catch {
      broken.add(stream);
    }
  }

  const clearLine = () => live && write('\r\x1b[K');

  function line(text: string): void {
    clearLine();
    write(`${text}\n`);
  }

  /** Redraws the live line every second, so that its clock advances between updates, for example while kernels are compiled. */
  function tick(on: boolean): void {
    clearInterval(ticking);
    ticking = on && live ? setInterval(show, 1000).unref() : undefined;
  }

  function show(): void {
    if (!job || (!job.work && job.doing === null)) return;
    job.shown = now();
    if (live) write(`\r\x1b[K${liveLine(job)}`);
    else write(`${plainLine(job)}\n`);
  }

  /** Seconds left in the job: from its own rate, or until that is known from the mean time of jobs of its kind. */
  function secondsLeft({ work, rate, kind, started }: Job): number | null {
    const byRate = work && rate.secondsTo(work.total);
    if (byRate !== null) return byRate;
    const expected = study?.expected(kind) ?? null;
    return expected === null ? null : Math.max(0, expected - (now() - started) / 1000);
  }

  function parts(running: Job) {
    const { work, numbers } = running;
    const left = secondsLeft(running);
    const rate = running.rate.perSecond;
    const { loss, accuracy } = numbers;
    const { kind, started } = running;
    const waiting =
      left === null ? 0 : (study?.secondsWaiting({ kind, seconds: (now() - started) / 1000 + left }) ?? 0);
    return {
      place: placeOf(running),
      share: work && work.total > 0 ? Math.min(1, work.done / work.total) : 0,
      rate: work && rate !== null ? speed(rate, work.unit) : null,
      left: left === null ? null : `${clock(left)} left`,
      loss: loss === undefined ? null : `loss ${loss.toFixed(3)}`,
      accuracy: accuracy === undefined ? null : `accuracy ${(100 * accuracy).toFixed(1)} %`,
      study: left === null || !study ? null : `all ${clock(left + waiting)} left`,
    };
  }

  function placeOf({ number }: Job): string {
    return number === null ? '' : `[${number}/${study?.total}] `;
  }

  function plainLine(running: Job): string {
    const { place, share, rate, left, loss, accuracy, study: all } = parts(running);
    const numbers = [rate, left, loss, accuracy, all].filter((text) => text !== null);
    const { work, doing } = running;
    const state = work ? `${work.unit} ${work.done}/${work.total} (${Math.floor(100 * share)} %)` : doing;
    return `${place}${running.label}: ${[state, ...numbers].join(', ')}`;
  }

  function liveLine(running: Job): string {
    const { place, share, ...numbers } = parts(running);
    // One column stays free: some terminals wrap a full line.
    const columns = Math.max(1, (stream.columns || 80) - 1);
    // In order of priority: a narrow terminal shows the first ones.
    const { work, doing, started } = running;
    const percent = `${String(Math.floor(100 * share)).padStart(3)} %`;
    const kept: string[] = [work ? percent : `${doing} ${clock((now() - started) / 1000)}`];
    const head = place + running.label;
    const room = (extra: string) =>
      columns -
      displayWidth([...kept, extra].join('  ')) -
      Math.min(displayWidth(head), SHORTEST_LABEL) -
      SHORTEST_BAR -
      4;
    for (const text of [numbers.left, numbers.loss, numbers.accuracy, numbers.study, numbers.rate])
      if (text !== null && room(text) >= 0) kept.push(text);
    const tail = kept.join('  ');
    const free = columns - displayWidth(tail) - 2;
    const barWidth = Math.min(LONGEST_BAR, free - displayWidth(head) - 2);
    const drawn = Math.max(SHORTEST_BAR, barWidth);
    const label = fitted(head, free - drawn - 2);
    if (displayWidth(label) < Math.min(displayWidth(head), SHORTEST_LABEL))
      return fitted(`${fitted(head, free)}  ${tail}`, columns);
    return `${label}  ${colours.cyan(bar(share, drawn))}  ${tail}`;
  }

  return {
    beginStudy(kinds, done = 0) {
      study = new StudyClock(kinds, done);
    },
    start(label, doing, kind = '') {
      const number = study ? study.start(kind) : null;
      job = {
        label: printable(label),
        doing,
        kind,
        started: now(),
        number,
        rate: new StepRate(),
        work: null,
        numbers: {},
        shown: Number.NEGATIVE_INFINITY,
      };
      tick(true);
      show();
    },
    update(work, numbers = {}) {
      if (!job) return;
      const time = now();
      const first = job.work === null;
      job.work = work;
      job.numbers = { ...job.numbers, ...numbers };
      const due = time - job.shown >= interval;
      // The rate counts from the first update: the time before was preparation.
      if (first || due) job.rate.add(time, work.done);
      if (due) show();
    },
    finish(summary) {
      if (!job) return;
      const seconds = (now() - job.started) / 1000;
      study?.finish(job.kind, seconds);
      const text = [duration(seconds), summary && printable(summary)].filter(Boolean).join(', ');
      line(`${placeOf(job)}${job.label}: ${colours.green('done')} in ${text}`);
      tick(false);
      job = null;
    },
    note(text) {
      line(printable(text));
      if (live) show();
    },
    clear() {
      tick(false);
      clearLine();
      job = null;
    },
  };
}

function speed(perSecond: number, unit: string): string {
  if (perSecond < 1) return `${(1 / perSecond).toFixed(1)} s/${unit}`;
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} ${unit}s/s`;
}

const watched = new WeakSet<ProgressStream>();
const broken = new WeakSet<ProgressStream>();

/** One error listener per stream: a pipe closed by its reader emits an error after the write, which is fatal without a listener. */
function watchErrors(stream: ProgressStream): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  stream.on?.('error', () => broken.add(stream));
}
