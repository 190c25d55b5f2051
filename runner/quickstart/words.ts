import { decimal, grouped, plural } from '../progress/numbers.js';
import type { NetworkSize, SizeTimes } from '../tools/stepTimer.js';
import { LADDER } from './sizes.js';
import { alphaNote } from './studyFile.js';

/** Seconds as readable text: `35 s`, `1 min 50 s`. */
export function roughly(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds / 5) * 5 || Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

function sizeText({ channels, cells, imageSize }: NetworkSize): string {
  return `networks of ${plural(channels, 'channel')} and ${plural(cells, 'cell')} per stage on ${imageSize} × ${imageSize} pixels`;
}

/** Describes a measurement. */
export function measuredText(size: NetworkSize, { compile, training, search }: SizeTimes): string {
  const step = (seconds: number) => `${decimal(1000 * seconds, seconds < 0.001 ? 2 : seconds < 0.01 ? 1 : 0)} ms`;
  return `timed: ${sizeText(size)}: ${step(training.step)} per training step, ${step(search.step)} per DARTS step, kernels compiled in ${compile.toFixed(1)} s`;
}

/** Describes the chosen study and the reason. */
export function planText(place: number, { minutes, fits }: { minutes: number; fits: boolean }): string[] {
  const { size, length } = LADDER[place];
  const asked = `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const why = !fits
    ? `the smallest study, which takes longer than the ${asked} asked for`
    : place === LADDER.length - 1
      ? `the largest study, which fits into ${asked}`
      : `the largest of ${LADDER.length} sizes that fits into ${asked} on this device`;
  return [
    `planned: ${sizeText(size)}, ${why}`,
    `planned: three methods search on emoji and on five of the digits, ${grouped(length.sourceImages)} images each; ` +
      `the cells found are trained for ${plural(length.trainingEpochs, 'epoch')} on ${grouped(length.targetImages)} digits; two seeds`,
    `planned: ${alphaNote(LADDER[place])}`,
  ];
}
