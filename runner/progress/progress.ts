import { createColors } from 'picocolors';
import { clock, duration } from './duration.js';
import { bar, displayWidth, fitted, printable } from './line.js';
import { StepRate } from './rate.js';
import { StudyClock } from './studyClock.js';

/** What progress needs of a stream; `process.stderr` has it all. */
export interface ProgressStream {
  write(text: string): unknown;
  on?(event: 'error', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
}

export interface ProgressOptions {
  /** One line rewritten in place; by default where the stream is a terminal that can (`TERM` is not `dumb`). */
  readonly live?: boolean;
  /** By default on a live terminal unless `NO_COLOR` is set (no-color.org). */
  readonly colour?: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
  /** Milliseconds between two plain lines. */
  readonly plainInterval?: number;
  /** Milliseconds between two pictures of the live line. */
  readonly liveInterval?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What a step may tell; the accuracy is a fraction. */
export interface StepNumbers {
  readonly loss?: number;
  readonly accuracy?: number;
}

export interface Progress {
  /** Says how many jobs there are in all: `kinds` names the kind of each job still to do, for the time left. */
  beginStudy(kinds: readonly string[], done?: number): void;
  /** A job starts. With the kinds of a study given, it is the next of its kind. */
  start(label: string, totalSteps: number, kind?: string): void;
  /** Steps done so far in the job. Cheap: it writes only now and then. */
  update(step: number, numbers?: StepNumbers): void;
  /** The job is done; one line about it stays. */
  finish(summary?: string): void;
  /** A line of its own, above the live line. */
  note(text: string): void;
  /** Takes the live line away, after an error say. */
  clear(): void;
}

interface Job {
  readonly label: string;
  readonly total: number;
  readonly kind: string;
  readonly started: number;
  readonly number: number | null;
  readonly rate: StepRate;
  step: number;
  numbers: StepNumbers;
  shown: number;
}

const SHORTEST_LABEL = 18;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 24;

/**
 * Progress of long work on a terminal: one live line, or a plain line every few seconds where there is no terminal. It
 * sets no timer, so it never keeps a process alive, and a stream that closes only makes it silent.
 */
export function createProgress(stream: ProgressStream, options: ProgressOptions = {}): Progress {
  const environment = options.environment ?? process.env;
  const live = options.live ?? (stream.isTTY === true && environment.TERM !== 'dumb');
  const colours = createColors(options.colour ?? (live && !environment.NO_COLOR));
  const now = options.now ?? (() => performance.now());
  const interval = live ? (options.liveInterval ?? 100) : (options.plainInterval ?? 5000);
  let study: StudyClock | null = null;
  let job: Job | null = null;
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

  function show(): void {
    if (!job) return;
    job.shown = now();
    if (live) write(`\r\x1b[K${liveLine(job)}`);
    else write(`${plainLine(job)}\n`);
  }

  /** Seconds left in the job that runs and in those that wait. */
  function studySeconds(left: number | null): number | null {
    const waiting = study?.secondsWaiting ?? null;
    return left === null || waiting === null ? null : left + waiting;
  }

  function parts(running: Job) {
    const left = running.rate.secondsTo(running.total);
    const rate = running.rate.perSecond;
    const { loss, accuracy } = running.numbers;
    return {
      place: placeOf(running),
      share: running.total > 0 ? Math.min(1, running.step / running.total) : 0,
      rate: rate === null ? null : `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} steps/s`,
      left: left === null ? null : `${clock(left)} left`,
      loss: loss === undefined ? null : `loss ${loss.toFixed(3)}`,
      accuracy: accuracy === undefined ? null : `accuracy ${(100 * accuracy).toFixed(1)} %`,
      study: study && studySeconds(left) !== null ? `all ${clock(studySeconds(left))} left` : null,
    };
  }

  function placeOf({ number }: Job): string {
    return number === null ? '' : `[${number}/${study?.total}] `;
  }

  function plainLine(running: Job): string {
    const { place, share, rate, left, loss, accuracy, study: all } = parts(running);
    const numbers = [rate, left, loss, accuracy, all].filter((text) => text !== null);
    const steps = `step ${running.step}/${running.total} (${Math.floor(100 * share)} %)`;
    return `${place}${running.label}: ${[steps, ...numbers].join(', ')}`;
  }

  function liveLine(running: Job): string {
    const { place, share, ...numbers } = parts(running);
    // One column stays free: a full line makes some terminals wrap.
    const columns = Math.max(1, (stream.columns || 80) - 1);
    const percent = `${String(Math.floor(100 * share)).padStart(3)} %`;
    // In the order in which a narrow terminal keeps them.
    const kept: string[] = [percent];
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
    start(label, totalSteps, kind = '') {
      const started = now();
      const number = study ? study.start(kind) : null;
      job = {
        label: printable(label),
        total: totalSteps,
        kind,
        started,
        number,
        rate: new StepRate(),
        step: 0,
        numbers: {},
        shown: Number.NEGATIVE_INFINITY,
      };
      job.rate.add(started, 0);
      show();
    },
    update(step, numbers = {}) {
      if (!job) return;
      const time = now();
      job.step = step;
      job.numbers = { ...job.numbers, ...numbers };
      if (time - job.shown < interval) return;
      job.rate.add(time, step);
      show();
    },
    finish(summary) {
      if (!job) return;
      const seconds = (now() - job.started) / 1000;
      study?.finish(job.kind, seconds);
      const text = [duration(seconds), summary && printable(summary)].filter(Boolean).join(', ');
      line(`${placeOf(job)}${job.label}: ${colours.green('done')} in ${text}`);
      job = null;
    },
    note(text) {
      line(printable(text));
      if (live) show();
    },
    clear() {
      clearLine();
      job = null;
    },
  };
}

const watched = new WeakSet<ProgressStream>();
const broken = new WeakSet<ProgressStream>();

/** One listener a stream: a pipe closed at the other end says so by an event after the write, fatal if nobody listens. */
function watchErrors(stream: ProgressStream): void {
  if (watched.has(stream)) return;
  watched.add(stream);
  stream.on?.('error', () => broken.add(stream));
}
