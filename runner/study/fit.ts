import { type ImageSet, type SourceContext, sourceCounts } from '../../src/nas/data/index.js';
import { methodByName } from '../../src/nas/methods/index.js';
import type { Protocol, ProtocolOverrides } from '../../src/nas/records/index.js';
import type { Space } from '../../src/nas/spaces/index.js';
import {
  candidatesOf,
  type FittedWork,
  fittingProtocol,
  type StudyMethod,
  type StudySource,
  type StudyTarget,
} from '../../src/nas/transfer/index.js';
import { describeSettings, type FittedSettings } from './describeSettings.js';
import type { JobDevice } from './prepare.js';

/** Choice of settings that the user did not give, for the images and the kind of device. */
export interface Fit {
  /** @param set name of the image set */
  choose(device: Pick<JobDevice, 'kind' | 'sets' | 'sourceContext'>, set: string): Promise<Protocol>;
  /** Describes the settings in one line, after `choose`. @param seconds expected duration of the job */
  describe(seconds?: number): string;
  /** The user gave the number of epochs. */
  readonly epochsGiven: boolean;
}

/** Settings for training from scratch. */
export function fitTraining(
  space: Space,
  architecture: string,
  { limit }: Pick<StudyTarget, 'limit'>,
  given: ProtocolOverrides,
): Fit {
  const work: FittedWork = { kind: 'training', architecture: space.parse(architecture) };
  return fitOf(space, work, given, async ({ train, classes }) => {
    const count = Math.min(train.count, limit ?? train.count);
    return { count, classes: classes.length, images: count };
  });
}

/** Settings for a search. @param protocol the published one with the given settings */
export function fitSearch(
  space: Space,
  { name, options }: StudyMethod,
  { specification }: StudySource,
  seed: number,
  protocol: Protocol,
  given: ProtocolOverrides,
): Fit {
  const method = methodByName(name);
  const candidates = (chosen: Protocol) => candidatesOf(space, name, options, chosen);
  const work: FittedWork =
    method.needs(options) === 'supernet'
      ? {
          kind: 'search',
          channelsOf: space.sizes.supernetChannels * ((options as { partial?: number }).partial ?? 1),
        }
      : { kind: 'fitness', candidates: candidates(protocol) };
  return fitOf(
    space,
    work,
    given,
    async (set, context) => {
      const { images, half, classes } = await sourceCounts(set, specification, seed, context);
      return { count: method.joinsHalves?.(options) ? images : half, classes, images };
    },
    { candidates, upTo: method.multiFidelity === true },
  );
}

/** Numbers of images in an epoch, of classes, and of all images. */
interface Counts {
  readonly count: number;
  readonly classes: number;
  readonly images: number;
}

function fitOf(
  space: Space,
  work: FittedWork,
  given: ProtocolOverrides,
  countsOf: (set: ImageSet, context: SourceContext) => Promise<Counts>,
  candidates?: FittedSettings['candidates'],
): Fit {
  let settings: FittedSettings | undefined;
  return {
    async choose({ kind: device, sets, sourceContext }, name) {
      const set = await sets.open(name);
      const { count, classes, images } = await countsOf(set, sourceContext);
      const edge = await sets.edge(name);
      const facts = { space, work, device, images: { count, edge, channels: set.channels, classes } };
      const fitted = fittingProtocol(facts, given);
      settings = { facts, fitted, images, candidates };
      return fitted.protocol;
    },
    describe: (seconds) => (settings ? describeSettings({ ...settings, seconds }) : ''),
    epochsGiven: given.epochs !== undefined,
  };
}
