import { join } from 'node:path';
import type { Command } from 'commander';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { METHOD_NAMES, SOURCE_FORMS, SPACE_NAMES } from '../../names/registryNames.js';
import type { Output } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import { addShared, readJson } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';
import type { StudyOptions } from './studyOutput.js';

export function addStudy(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('study')
    .summary('search and transfer: methods x sources x targets x seeds')
    .description(
      'Runs a study: searches on every source, trains the architectures found on every target, writes results and report. ' +
        'Run again in the same folder, it continues where it was stopped.',
    )
    .argument('[file]', 'the study as JSON')
    .option('--out <folder>', 'folder of the study (default: runs/NAME)')
    .option('--schema', 'print the JSON Schema of study files')
    .addHelpText('after', helpOnFiles);
  addShared(command, 'plugin', 'adapter', 'tune', 'dataDir', 'seed').action(
    (file: string | undefined, options: StudyOptions & { schema?: boolean }) => study(file, options, tools, output),
  );
}

const helpOnFiles = `
What a study may name:
  methods   ${METHOD_NAMES.join(', ')}
  spaces    ${SPACE_NAMES.join(', ')}
  sources   ${SOURCE_FORMS.join(', ')}
  sets      ${IMAGE_SETS}

studies/smoke.json and studies/quickstart.json of this package are examples; --schema tells all settings.`;

async function study(
  file: string | undefined,
  options: StudyOptions & { schema?: boolean },
  tools: Tools,
  output: Output,
): Promise<void> {
  const { parseStudy, studyJsonSchema } = await import('../../../src/nas/transfer/index.js');
  const { UsageError } = await import('../options/errors.js');
  const plugins = await pluginsOf(options);
  if (options.schema) {
    output.json(studyJsonSchema());
    return;
  }
  if (file === undefined) throw new UsageError('study: got no file, wanted the JSON file of a study');
  const { studyCommand, withSeed } = await import('./studyOutput.js');
  const parsed = withSeed(parseStudy(await readJson(file), file), options.seed);
  const out = options.out ?? join('runs', parsed.name.replace(/[^\w.-]+/g, '-'));
  const named = plugins.map(({ module }) => ` --plugin ${module}`).join('');
  const rerun = `nastransfer study ${file}${named}${options.seed === undefined ? '' : ` --seed ${options.seed}`}`;
  await studyCommand(parsed, { ...options, out, rerun, plugins }, tools, output);
}
