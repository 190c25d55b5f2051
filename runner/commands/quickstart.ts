import { join } from 'node:path';
import type { Command } from 'commander';
import type { Tools } from '../tools.js';
import { addShared, readJson } from './options.js';
import type { Output } from './output.js';
import type { StudyOptions } from './studyOutput.js';

export function addQuickstart(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('quickstart')
    .summary('a first study on real images, in minutes')
    .description(
      'Runs the small study that comes with the program: three methods search on two sources, and what they find is ' +
        'trained on handwritten digits.',
    )
    .option('--out <folder>', 'folder of the study', join('runs', 'quickstart'));
  addShared(command, 'adapter', 'tune', 'dataDir', 'seed').action((options: StudyOptions & { out: string }) =>
    quickstart(options, tools, output),
  );
}

async function quickstart(options: StudyOptions & { out: string }, tools: Tools, output: Output): Promise<void> {
  const { parseStudy } = await import('../../src/nas/transfer/studySpecification.js');
  const { packageRoot } = await import('../package.js');
  const { studyCommand, withSeed } = await import('./studyOutput.js');
  const file = join(packageRoot(), 'studies', 'quickstart.json');
  const study = withSeed(parseStudy(await readJson(file), 'studies/quickstart.json'), options.seed);
  const rerun = `nastransfer quickstart${options.seed === undefined ? '' : ` --seed ${options.seed}`}`;
  await studyCommand(study, { ...options, rerun }, tools, output);
}
