import { type ImageSet, type SourceContext, sourceCounts } from '../../src/nas/data/index.js';
import { methodByName } from '../../src/nas/methods/index.js';
import type { Protocol, ProtocolOverrides } from '../../src/nas/records/index.js';
import { spaceByName } from '../../src/nas/spaces/index.js';
import { candidatesOf, type FittedWork, fittingProtocol, type Study } from '../../src/nas/transfer/index.js';
import { describeSettings, type ToldSettings } from './describeSettings.js';
import type { PrepareOptions } from './prepare.js';

/** Settings chosen for the images and the kind of device where the user leaves them open. */
export interface Fit {
  readonly protocolsFor: NonNullable<PrepareOptions['protocolsFor']>;
  /** In one line, after `protocolsFor`. @param seconds that the job is expected to take */
  describe(seconds?: number, candidates?: ToldSettings['candidates']): string;
  /** The user decided how long to train. */
  readonly epochsGiven: boolean;
}

/** Of the only training of a study. */
export function fitTraining(study: Study, architecture: string, given: ProtocolOverrides): Fit {
  const space = spaceByName(study.space);
  const [{ set, limit }] = study.targets;
  const work: FittedWork = { kind: 'training', architecture: space.parse(architecture) };
  return fitOf(study, set, work, given, async ({ train, classes }) => {
    const count = Math.min(train.count, limit ?? train.count);
    return { count, classes: classes.length, told: count };
  });
}

/** Of the only search of a study. */
export function fitSearch(study: Study, given: ProtocolOverrides): Fit {
  const [{ name, options }] = study.methods;
  const [{ specification }] = study.sources;
  const [seed] = study.seeds;
  const method = methodByName(name);
  const space = spaceByName(study.space);
  const candidates = (protocol: Protocol) => candidatesOf(space, name, options, protocol);
  const work: FittedWork =
    method.needs(options) === 'supernet'
      ? { kind: 'search', channelsOf: space.sizes.supernetChannels * ((options as { partial?: number }).partial ?? 1) }
      : { kind: 'fitness', candidates: candidates(study.protocols.fitness) };
  const fit = fitOf(study, specification.set, work, given, async (set, context) => {
    const { images, half, classes } = await sourceCounts(set, specification, seed, context);
    return { count: method.joinsHalves?.(options) ? images : half, classes, told: images };
  });
  return { ...fit, describe: (seconds) => fit.describe(seconds, { candidates, upTo: method.multiFidelity === true }) };
}

function fitOf(
  study: Study,
  set: string,
  work: FittedWork,
  given: ProtocolOverrides,
  countsOf: (set: ImageSet, context: SourceContext) => Promise<{ count: number; classes: number; told: number }>,
): Fit {
  const space = spaceByName(study.space);
  let told: Pick<ToldSettings, 'facts' | 'fitted' | 'images'> | undefined;
  return {
    async protocolsFor(device, sets, context) {
      const opened = await sets.open(set);
      const { count, classes, told: images } = await countsOf(opened, context);
      const edge = await sets.edge(set);
      const { channels } = opened;
      const facts = { space, work, device, images: { count, edge, channels, classes } };
      const fitted = fittingProtocol(facts, given);
      told = { facts, fitted, images };
      return { ...study.protocols, [work.kind]: fitted.protocol };
    },
    describe: (seconds, candidates) => (told ? describeSettings({ ...told, seconds, candidates }) : ''),
    epochsGiven: given.epochs !== undefined,
  };
}
