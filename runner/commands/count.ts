import type { Command } from 'commander';
import { UsageError } from './errors.js';
import { addShared, positiveInteger, type SharedOptions } from './options.js';
import { formatTable, type Output } from './output.js';

interface CountOptions extends SharedOptions {
  readonly architecture: string;
  readonly channels: number;
  readonly cells: number;
  readonly classes: number;
  readonly size: number;
  readonly imageChannels: number;
}

export function addCount(program: Command, output: Output): void {
  const command = program
    .command('count')
    .summary('parameters and multiply-adds of an architecture')
    .description('Counts the parameters and the multiply-adds per image of an architecture’s network.')
    .requiredOption('--architecture <text>', 'the architecture, as its space writes it')
    .option('--channels <number>', 'channels of the first stage', positiveInteger, 16)
    .option('--cells <number>', 'cells per stage', positiveInteger, 5)
    .option('--classes <number>', 'classes', positiveInteger, 10)
    .option('--size <pixels>', 'image edge', positiveInteger, 32)
    .option('--image-channels <number>', '1: grey, 3: colour', positiveInteger, 3);
  addShared(command, 'space').action((options: CountOptions) => count(options, output));
}

async function count(options: CountOptions, output: Output): Promise<void> {
  const { spaceByName } = await import('../../src/nas/spaces/space.js');
  const { AttributeError } = await import('../../src/engine/errors.js');
  const space = spaceByName(options.space);
  const architecture = space.parse(options.architecture);
  const { channels, cells, classes, size, imageChannels } = options;
  const settings = { channels, cells, classes, size, imageChannels };
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
