import type { Command } from 'commander';
import type { Output } from '../../progress/output.js';
import { type ArchitectureOptions, addArchitecture, readArchitecture } from '../options/architecture.js';
import { addShared, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';

type DrawOptions = SharedOptions & ArchitectureOptions;

export function addDraw(program: Command, output: Output): void {
  const command = program
    .command('draw')
    .summary('the cells of an architecture as a graph')
    .description('Prints the cells of an architecture in Graphviz’ DOT language.');
  addShared(addArchitecture(command), 'space', 'plugin').action((options: DrawOptions) => draw(options, output));
}

async function draw(options: DrawOptions, output: Output): Promise<void> {
  const { drawingDot, spaceByName } = await import('../../../src/nas/spaces/index.js');
  await pluginsOf(options);
  const space = spaceByName(options.space);
  const architecture = await readArchitecture(options, space);
  const dot = drawingDot(space.draw(architecture), 'file');
  if (options.json) output.json({ space: space.name, architecture: space.format(architecture), dot });
  else output.print(dot);
}
