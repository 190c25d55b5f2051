import type { Protocol } from '../../src/nas/records/index.js';
import type { FittedProtocol, FittingFacts } from '../../src/nas/transfer/index.js';
import { plural } from '../progress/numbers.js';

export interface FittedSettings {
  readonly facts: FittingFacts;
  readonly fitted: FittedProtocol;
  /** Total number of images. */
  readonly images: number;
  /** For a search that trains candidates: their number with a protocol, and whether some are trained for fewer epochs. */
  readonly candidates?: { candidates(protocol: Protocol): number; readonly upTo: boolean };
  /** Seconds that the job is expected to take; undefined where it is not known. */
  readonly seconds?: number;
}

/** The chosen settings in one line, with the options that change them. */
export function describeSettings({ facts, fitted, images, candidates, seconds }: FittedSettings): string {
  const { space, work, device } = facts;
  const { edge, channels } = facts.images;
  const { protocol, steps } = fitted;
  const { pad, flip, cutout } = protocol.augmentation;
  const epochs = `${plural(protocol.epochs, 'epoch')} = ${plural(steps, 'step')}`;
  const parts = [
    `${protocol.channels} channels`,
    `${plural(protocol.cells, 'cell')}${space.sizes.cells === 'in all' ? '' : ' a stage'}`,
    `${protocol.imageSize} px${protocol.imageChannels === channels ? '' : protocol.imageChannels === 1 ? ' grey' : ' colour'}`,
    `batch ${protocol.batch}`,
    candidates && work.kind === 'fitness'
      ? `${plural(candidates.candidates(protocol), 'candidate')} of ${candidates.upTo ? 'up to ' : ''}${epochs} each`
      : epochs,
    `learning rate ${protocol.optimizer.learningRate}`,
    ...(pad > 0 ? [`shifts to ${pad} px`] : []),
    ...(flip ? ['flips'] : []),
    ...(cutout > 0 ? [`cutout ${cutout} px`] : []),
    ...(seconds === undefined ? [] : [`about ${roughly(seconds)}`]),
  ];
  return (
    `settings for ${plural(images, 'image')} of ${edge}x${edge}x${channels} on ${device}: ${parts.join(', ')}; ` +
    `change with ${work.kind === 'fitness' ? '--option (how many candidates) ' : ''}--limit --channels --cells --size --batch --epochs --learning-rate …, or --protocol published`
  );
}

/** `10 s`, `40 s`, `3 min`, `2.5 h`: rounded, because the measurement was short. */
export function roughly(seconds: number): string {
  if (seconds < 55) return `${Math.max(10, 10 * Math.round(seconds / 10))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
