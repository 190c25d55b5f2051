import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { clock, duration } from '../../../runner/progress/duration.js';
import { bar, displayWidth, fitted } from '../../../runner/progress/line.js';
import { createProgress, type ProgressOptions, type Work } from '../../../runner/progress/progress.js';
import { StepRate } from '../../../runner/progress/rate.js';
import { StudyClock } from '../../../runner/progress/studyClock.js';

/** A stream that records, a clock that the test sets, and the screen a terminal would show. */
function terminal(columns = 100, options: ProgressOptions = {}) {
  const time = { now: 0 };
  const written: string[] = [];
  const stream = { isTTY: true, columns, write: (text: string) => written.push(text) };
  const settings = { now: () => time.now, environment: {}, ...options };
  return {
    time,
    written,
    stream,
    progress: createProgress(stream, settings),
    screen: () => screenOf(written.join('')),
  };
}

function piped(options: ProgressOptions = {}) {
  const time = { now: 0 };
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const progress = createProgress(stream, { now: () => time.now, environment: {}, ...options });
  return { time, written, progress, lines: () => written.join('').split('\n').slice(0, -1) };
}

const steps = (done: number, total: number): Work => ({ done, total, unit: 'step' });
const DOING = 'preparing';

/** The lines of a terminal after the text: carriage return, erase to the end of the line, colours. */
function screenOf(text: string): string[] {
  const lines = [''];
  let column = 0;
  // biome-ignore lint/complexity/useRegexLiterals: a literal may not contain the escape character
  for (const part of text.match(new RegExp('\\u001b\\[[0-9;]*[A-Za-z]|[\\s\\S]', 'gu')) ?? []) {
    const last = lines.length - 1;
    if (part === '\r') column = 0;
    else if (part === '\n') {
      lines.push('');
      column = 0;
    } else if (part.endsWith('[K')) lines[last] = lines[last].slice(0, column);
    else if (part.length === 1) {
      lines[last] = lines[last].slice(0, column) + part + lines[last].slice(column + 1);
      column++;
    }
  }
  return lines;
}

describe('progress on a terminal', () => {
  it('rewrites one line with bar, share, rate, time left and losses', () => {
    const { time, progress, screen } = terminal(120);
    progress.start('train darts', DOING);
    progress.update(steps(0, 200));
    time.now = 1000;
    progress.update(steps(50, 200), { loss: 1.2345, accuracy: 0.456 });
    expect(screen()).toHaveLength(1);
    expect(screen()[0]).toContain('train darts');
    expect(screen()[0]).toContain('25 %');
    expect(screen()[0]).toContain('50 steps/s');
    expect(screen()[0]).toContain('0:03 left');
    expect(screen()[0]).toContain('loss 1.234');
    expect(screen()[0]).toContain('accuracy 45.6 %');
    expect(screen()[0]).toContain(bar(0.25, 24));
  });

  it('shows how long a job has been preparing, every second by itself', async () => {
    const { time, progress, screen } = terminal(100);
    progress.start('train darts', 'preparing kernels');
    expect(screen()[0]).toContain('preparing kernels 0:00');
    time.now = 71_000;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(screen()[0]).toContain('preparing kernels 1:11');
    time.now = 71_200;
    progress.update(steps(8, 96));
    expect(screen()[0]).not.toContain('preparing');
    progress.finish();
    expect(screen()[0]).toBe('train darts: done in 1 min 11 s');
  });

  it('leaves one line for a finished job and shows notes above the live line', () => {
    const { time, progress, screen } = terminal();
    progress.start('first', DOING);
    progress.note('cache: 3 pipelines');
    time.now = 2500;
    progress.finish('accuracy 71.0 %');
    progress.start('second', DOING);
    expect(screen().slice(0, 2)).toEqual(['cache: 3 pipelines', 'first: done in 2.5 s, accuracy 71.0 %']);
    expect(screen()[2]).toContain('second');
    progress.clear();
    expect(screen()[2]).toBe('');
  });

  it.each([20, 30, 45, 60, 80, 132, 200])('never fills a terminal of %i columns, with wide letters too', (columns) => {
    const { time, progress, screen } = terminal(columns);
    progress.beginStudy(['search', 'train', 'train'], 21);
    progress.start('previous', DOING, 'search');
    time.now = 60_000;
    progress.finish();
    progress.start('train darts · 絵文字 → fashion-mnist · seed 12', DOING, 'train');
    progress.update(steps(0, 40_000));
    time.now += 1000;
    progress.update(steps(1234, 40_000), { loss: 12.3456, accuracy: 1 });
    const line = screen().at(-1)!;
    expect(displayWidth(line)).toBeLessThan(columns);
    expect(displayWidth(line)).toBeGreaterThan(columns < 60 ? columns / 2 : 50);
    expect(line).toContain('[23/24]');
    expect(line).toContain('3 %');
  });

  it('writes at most every tenth of a second', () => {
    const { time, written, progress } = terminal();
    progress.start('train', DOING);
    for (let step = 1; step <= 1000; step++) {
      time.now = step;
      progress.update(steps(step, 1000));
    }
    // One picture at the start and one each 100 ms of the second.
    expect(written).toHaveLength(11);
  });

  it('uses colours unless NO_COLOR is set, and plain lines where TERM is dumb', () => {
    const escapes = (environment: Record<string, string>) => {
      const { progress, written } = terminal(100, { environment });
      progress.start('train', DOING);
      return { colour: written.join('').includes('\u001b[36m'), live: written.join('').includes('\r') };
    };
    expect(escapes({})).toEqual({ colour: true, live: true });
    expect(escapes({ NO_COLOR: '1' })).toEqual({ colour: false, live: true });
    expect(escapes({ TERM: 'dumb' })).toEqual({ colour: false, live: false });
  });

  it('lets no name control the terminal', () => {
    const { progress, written } = terminal(100, { colour: false });
    progress.start('evil\u001b[2Jname\nnext', DOING);
    progress.note('a\rb\u0007');
    progress.finish('c\u001b]0;title\u0007');
    const text = written.join('').replaceAll('\r\u001b[K', '');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Control}/u);
    expect(text.match(/\n/g)).toHaveLength(2);
  });
});

describe('progress without a terminal', () => {
  it('writes a plain line at the start, every five seconds, and at the end', () => {
    const { time, progress, lines } = piped();
    progress.beginStudy(['search', 'train'], 2);
    progress.start('search darts', 'preparing kernels', 'search');
    for (time.now = 1000; time.now <= 10_000; time.now += 1000)
      progress.update(steps(time.now / 1000, 100), { loss: 2 });
    progress.finish();
    expect(lines()).toEqual([
      '[3/4] search darts: preparing kernels',
      '[3/4] search darts: step 5/100 (5 %), 1.0 steps/s, 1:35 left, loss 2.000, all 3:15 left',
      '[3/4] search darts: step 10/100 (10 %), 1.0 steps/s, 1:30 left, loss 2.000, all 3:10 left',
      '[3/4] search darts: done in 11.0 s',
    ]);
  });

  it('counts the time before the first update to the time of the job, not to its rate', () => {
    const { time, progress, lines } = piped({ plainInterval: 0 });
    progress.start('train', 'preparing kernels');
    time.now = 40_000;
    progress.update(steps(8, 96));
    time.now = 42_000;
    progress.update(steps(16, 96));
    time.now = 62_000;
    progress.finish();
    expect(lines()).toEqual([
      'train: preparing kernels',
      'train: step 8/96 (8 %)',
      'train: step 16/96 (16 %), 4.0 steps/s, 0:20 left',
      'train: done in 1 min 02 s',
    ]);
  });

  it('writes a slow rate as seconds per unit of work, and no line for jobs that end immediately', () => {
    const { time, progress, lines } = piped();
    progress.start('random', null);
    progress.finish();
    progress.start('evolution', DOING);
    for (const done of [1, 2]) {
      time.now += 8000;
      progress.update({ done, total: 4, unit: 'architecture' });
    }
    expect(lines()).toEqual([
      'random: done in 0.0 s',
      'evolution: preparing',
      'evolution: architecture 1/4 (25 %)',
      'evolution: architecture 2/4 (50 %), 8.0 s/architecture, 0:16 left',
    ]);
  });

  it('does not estimate times from jobs of another kind that ended immediately', () => {
    const { time, progress, lines } = piped({ plainInterval: 0 });
    progress.beginStudy(['random', 'train', 'train', 'darts']);
    progress.start('one', null, 'random');
    progress.finish();
    progress.start('two', DOING, 'train');
    expect(lines().at(-1)).toBe('[2/4] two: preparing');
    time.now = 10_000;
    progress.update(steps(0, 10));
    expect(lines().at(-1)).toBe('[2/4] two: step 0/10 (0 %)');
    time.now = 15_000;
    progress.update(steps(5, 10));
    // It will have taken 20 s; the other training and the search count as much.
    expect(lines().at(-1)).toBe('[2/4] two: step 5/10 (50 %), 1.0 steps/s, 0:05 left, all 0:45 left');
  });

  it('reports the remaining time of the whole study once a job of it has finished', () => {
    const { time, progress, lines } = piped();
    progress.beginStudy(['search', 'search', 'train']);
    progress.start('one', DOING, 'search');
    time.now = 20_000;
    progress.finish();
    progress.start('two', DOING, 'search');
    // No training has been timed yet: it counts as long as a search.
    expect(lines().at(-1)).toBe('[2/3] two: preparing, 0:20 left, all 0:40 left');
    time.now += 5000;
    progress.update(steps(0, 10));
    expect(lines().at(-1)).toBe('[2/3] two: step 0/10 (0 %), 0:15 left, all 0:35 left');
    time.now += 5000;
    progress.update(steps(5, 10));
    expect(lines().at(-1)).toBe('[2/3] two: step 5/10 (50 %), 1.0 steps/s, 0:05 left, all 0:25 left');
  });
});

describe('a stream that closes', () => {
  it('makes progress silent, whether it throws, is destroyed or reports the error later', async () => {
    const throwing = createProgress({
      write: () => {
        throw new Error('EPIPE');
      },
    });
    throwing.start('train', DOING);
    throwing.finish();

    const late = new Writable({ write: (_chunk, _encoding, done) => setImmediate(() => done(new Error('EPIPE'))) });
    const progress = createProgress(late, { plainInterval: 0 });
    progress.start('train', DOING);
    await new Promise((resolve) => late.once('close', resolve));
    progress.update(steps(1, 2));
    progress.finish();
    expect(late.destroyed).toBe(true);
  });

  it('has one listener for any number of progress objects', () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    for (let i = 0; i < 20; i++) createProgress(stream).start('train', DOING);
    expect(stream.listenerCount('error')).toBe(1);
  });
});

describe('StepRate', () => {
  it('uses the last seconds only', () => {
    const rate = new StepRate(10_000);
    expect(rate.perSecond).toBeNull();
    rate.add(0, 0);
    rate.add(60_000, 10);
    for (let second = 1; second <= 20; second++) rate.add(60_000 + 1000 * second, 10 + 5 * second);
    expect(rate.perSecond).toBeCloseTo(5, 12);
    expect(rate.secondsTo(210)).toBeCloseTo(20, 12);
    expect(rate.secondsTo(1)).toBe(0);
  });
});

describe('StudyClock', () => {
  it('estimates jobs of each kind by the time of their kind', () => {
    const study = new StudyClock(['search', 'train', 'train', 'search'], 3);
    expect(study.total).toBe(7);
    expect(study.start('search')).toBe(4);
    expect(study.expected('search')).toBeNull();
    // Another search as long as this one, and two trainings that have not been timed yet.
    expect(study.secondsWaiting({ kind: 'search', seconds: 20 })).toBe(60);
    study.finish('search', 30);
    expect(study.expected('search')).toBe(30);
    expect(study.start('train')).toBe(5);
    expect(study.secondsWaiting({ kind: 'train', seconds: 8 })).toBe(38);
    study.finish('train', 10);
    expect(study.secondsWaiting({ kind: 'train', seconds: 8 })).toBe(40);
    study.start('train');
    study.start('search');
    expect(study.secondsWaiting({ kind: 'search', seconds: 8 })).toBe(0);
  });
});

describe('numbers in words', () => {
  it('writes times as a clock and as words', () => {
    expect([0, 7, 59.6, 750, 3599.9, 11_100].map(clock)).toEqual([
      '0:00',
      '0:07',
      '1:00',
      '12:30',
      '1:00:00',
      '3:05:00',
    ]);
    expect([0.04, 12.34, 59.96, 312, 11_100].map(duration)).toEqual([
      '0.0 s',
      '12.3 s',
      '1 min 00 s',
      '5 min 12 s',
      '3 h 05 min',
    ]);
    expect([clock(null), duration(Number.NaN), clock(-1)]).toEqual(['–', '–', '–']);
  });

  it('measures and truncates text by its columns', () => {
    expect(displayWidth('déjà')).toBe(4);
    expect(displayWidth('de\u0301ja\u0300')).toBe(4);
    expect(displayWidth('絵文字')).toBe(6);
    expect(displayWidth('\u001b[36mabc\u001b[39m')).toBe(3);
    expect(displayWidth('👩‍👩‍👧')).toBe(2);
    expect(fitted('絵文字', 5)).toBe('絵文…');
    expect(fitted('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
    expect(fitted('abcdef', 4)).toBe('abc…');
    expect(fitted('abc', 3)).toBe('abc');
    expect(fitted('abc', 0)).toBe('');
    expect(bar(0.5, 4)).toBe('██░░');
    expect(bar(7, 3)).toBe('███');
  });
});
