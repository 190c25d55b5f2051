import type { Command } from 'commander';
import type { NetworkSettings } from '../../../src/nas/spaces/index.js';
import { SPACES } from '../../names/registryNames.js';
import { formatTable, type Output } from '../../progress/output.js';
import { type ArchitectureOptions, addArchitecture, readArchitecture } from '../options/architecture.js';
import { UsageError } from '../options/errors.js';
import { addShared, positiveInteger, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';

interface CountOptions extends SharedOptions, ArchitectureOptions, Partial<Omit<NetworkSettings, 'imageChannels'>> {
  readonly space: string;
  readonly imageChannels: number;
}

/** Defaults of a size for help: of the default space, then of the other spaces and of networks for ImageNet. */
function defaults(size: 'channels' | 'cells'): string {
  const [first, ...others] = SPACES.map(({ name, counted, imagenet }) => {
    const forImageNet = imagenet ? `, for ImageNet ${imagenet[size]}` : '';
    return { name, text: `${counted[size]}${forImageNet}` };
  });
  return [first.text, ...others.map(({ name, text }) => `${name}: ${text}`)].join('; ');
}

const IMAGENET_SPACES = SPACES.filter(({ imagenet }) => imagenet).map(({ name }) => name);

export function addCount(program: Command, output: Output): void {
  const command = program
    .command('count')
    .summary('parameters and multiply-adds of an architecture')
    .description('Counts the parameters and the multiply-adds per image of an architecture’s network.');
  addArchitecture(command)
    .option('--channels <number>', `channels of the first stage (default: ${defaults('channels')})`, positiveInteger)
    .option(
      '--cells <number>',
      `cells, per stage or in all as the space counts them (default: ${defaults('cells')})`,
      positiveInteger,
    )
    .option('--imagenet', `${IMAGENET_SPACES.join(', ')}: the network for ImageNet`)
    .option('--classes <number>', 'classes (default: 10; ImageNet: 1000)', positiveInteger)
    .option('--size <pixels>', 'image edge (default: 32; ImageNet: 224)', positiveInteger)
    .option('--image-channels <number>', '1: grey, 3: colour', positiveInteger, 3);
  addShared(command, 'space', 'plugin').action((options: CountOptions) => count(options, output));
}

async function count(options: CountOptions, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  await pluginsOf(options);
  const space = spaceByName(options.space);
  const { imagenet } = options;
  const counted = imagenet ? space.sizes.imagenet : space.sizes.counted;
  if (!counted)
    throw new UsageError(
      `--imagenet: space ${space.name} has no such network, wanted --space ${IMAGENET_SPACES.join(' or ')}`,
    );
  const architecture = await readArchitecture(options, space);
  const { channels, cells, classes, size } = { ...counted, ...options };
  const settings = {
    channels,
    cells,
    classes,
    size,
    imageChannels: options.imageChannels,
    ...(imagenet ? { imagenet } : {}),
  };
  let cost: ReturnType<typeof space.count>;
  try {
    cost = space.count(architecture, settings);
  } catch (error) {
    if (error instanceof AttributeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
  if (options.json) {
    output.json({ space: space.name, architecture: space.format(architecture), ...settings, ...cost });
    return;
  }
  const rows = [
    ['parameters', cost.parameters.toLocaleString('en-US')],
    ['multiply-adds', cost.multiplyAdds.toLocaleString('en-US')],
    ['MFLOPs as the space counts them', cost.mflops.toLocaleString('en-US', { maximumFractionDigits: 6 })],
  ];
  output.print(formatTable(['quantity', 'count'], rows, { ...output, right: ['count'] }));
}
