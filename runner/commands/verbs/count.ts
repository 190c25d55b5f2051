import type { Command } from 'commander';
import type { NetworkSettings } from '../../../src/nas/spaces/index.js';
import { formatTable, type Output } from '../../progress/output.js';
import { UsageError } from '../options/errors.js';
import { type ArchitectureOptions, addArchitecture, readArchitecture } from '../options/genotypeFile.js';
import { addShared, positiveInteger, type SharedOptions } from '../options/options.js';

interface CountOptions extends SharedOptions, ArchitectureOptions, Partial<Omit<NetworkSettings, 'imageChannels'>> {
  readonly space: string;
  readonly imageChannels: number;
}

/** The sizes that papers count at. */
const PUBLISHED = {
  nasbench201: { channels: 16, cells: 5, classes: 10, size: 32 },
  darts: { channels: 36, cells: 20, classes: 10, size: 32 },
  imagenet: { channels: 48, cells: 14, classes: 1000, size: 224 },
};

export function addCount(program: Command, output: Output): void {
  const command = program
    .command('count')
    .summary('parameters and multiply-adds of an architecture')
    .description('Counts the parameters and the multiply-adds per image of an architecture’s network.');
  addArchitecture(command)
    .option(
      '--channels <number>',
      'channels of the first stage (default: 16; darts: 36, for ImageNet 48)',
      positiveInteger,
    )
    .option(
      '--cells <number>',
      'cells per stage (default: 5); darts: all cells (default: 20, for ImageNet 14)',
      positiveInteger,
    )
    .option('--imagenet', 'darts: the network for ImageNet')
    .option('--classes <number>', 'classes (default: 10; ImageNet: 1000)', positiveInteger)
    .option('--size <pixels>', 'image edge (default: 32; ImageNet: 224)', positiveInteger)
    .option('--image-channels <number>', '1: grey, 3: colour', positiveInteger, 3);
  addShared(command, 'space').action((options: CountOptions) => count(options, output));
}

async function count(options: CountOptions, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  const space = spaceByName(options.space);
  const { imagenet } = options;
  if (imagenet && space.name !== 'darts')
    throw new UsageError(`--imagenet: space ${space.name} has no such network, wanted --space darts`);
  const architecture = await readArchitecture(options, space);
  const published = PUBLISHED[imagenet ? 'imagenet' : space.name === 'darts' ? 'darts' : 'nasbench201'];
  const { channels, cells, classes, size } = { ...published, ...options };
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
