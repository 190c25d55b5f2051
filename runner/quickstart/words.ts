import { decimal, grouped, plural } from '../progress/numbers.js';
import type { NetworkSize, SizeTimes } from '../tools/stepTimer.js';
import { LADDER } from './sizes.js';
import { alphaNote } from './studyFile.js';

/** A number of seconds for reading: `35 s`, `1 min 50 s`. */
export function roughly(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds / 5) * 5 || Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

export function sizeText({ channels, cells, imageSize }: NetworkSize): string {
  return `networks of ${plural(channels, 'channel')} and ${plural(cells, 'cell')} a stage on ${imageSize} × ${imageSize} pixels`;
}

/** What a measurement gave. */
export function measuredText(size: NetworkSize, { compile, training, search }: SizeTimes): string {
  const step = (seconds: number) => `${decimal(1000 * seconds, seconds < 0.001 ? 2 : seconds < 0.01 ? 1 : 0)} ms`;
  return `timed: ${sizeText(size)}: ${step(training.step)} a step of training, ${step(search.step)} a step of DARTS, kernels in ${compile.toFixed(1)} s`;
}

/** What was chosen, and why. */
export function planText(place: number, { minutes, fits }: { minutes: number; fits: boolean }): string[] {
  const { size, length } = LADDER[place];
  const asked = `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const why = !fits
    ? `the smallest study there is, and it takes longer than the ${asked} asked for`
    : place === LADDER.length - 1
      ? `the largest study there is; it fits into ${asked}`
      : `the largest of ${LADDER.length} sizes that fits into ${asked} on this device`;
  return [
    `planned: ${sizeText(size)}, ${why}`,
    `planned: three methods search on emoji and on five of the digits, ${grouped(length.sourceImages)} images each; ` +
      `what they find is trained for ${plural(length.trainingEpochs, 'epoch')} on ${grouped(length.targetImages)} digits; two seeds`,
    `planned: ${alphaNote(LADDER[place])}`,
  ];
}
