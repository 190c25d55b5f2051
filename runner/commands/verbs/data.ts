import type { Command } from 'commander';
import { StoreError } from '../../errors/errors.js';
import { reasonOf } from '../../errors/reason.js';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { formatTable, type Output } from '../../progress/output.js';
import { addShared, positiveInteger, type SharedOptions } from '../options/options.js';

interface DataOptions extends SharedOptions {
  readonly size?: number;
  readonly out?: string;
}

export function addData(program: Command, output: Output): void {
  const data = program
    .command('data')
    .summary('list, describe and show image sets')
    .description(
      'Image sets: a name from the list, or a path to IDX or CIFAR files or a folder with one sub-folder per class.',
    );
  addShared(data.command('list').description('Lists the image sets that can be opened by name.'), 'dataDir').action(
    (options: DataOptions) => list(options, output),
  );
  const withSize = (command: Command) =>
    addShared(
      command
        .argument('<set>', IMAGE_SETS)
        .option('--size <pixels>', 'edge length that the images of a folder are resized to', positiveInteger),
      'dataDir',
    );
  withSize(data.command('info').description('Reads and checks a set and describes it.')).action(
    (set: string, options: DataOptions) => info(set, options, output),
  );
  withSize(data.command('sheet').description('Draws some images of every class as a PNG.'))
    .option('--out <file>', 'output file (default: NAME.png)')
    .action((set: string, options: DataOptions) => sheet(set, options, output));
}

async function list(options: DataOptions, output: Output): Promise<void> {
  const { listImageSets } = await import('../../data/imageSets.js');
  const sets = await listImageSets(options);
  if (options.json) {
    output.json(sets);
    return;
  }
  const rows = sets.map((set) => [
    set.name,
    set.images ? `${set.images.train} + ${set.images.test}` : '',
    set.shape?.join(' x ') ?? '',
    set.classes?.toString() ?? '',
    set.available ? set.where : (set.reason ?? 'not available'),
  ]);
  const header = ['name', 'train + test', 'shape', 'classes', 'where'];
  output.print(formatTable(header, rows, { ...output, right: ['train + test', 'classes'] }));
}

async function info(name: string, options: DataOptions, output: Output): Promise<void> {
  const { openImageSet } = await import('../../data/imageSets.js');
  const { describeImageSet } = await import('../../data/describe.js');
  const description = describeImageSet(await openImageSet(name, options));
  if (options.json) {
    output.json(description);
    return;
  }
  const { height, width, channels, classes, train, test } = description;
  output.print(
    `${output.colours.bold(description.name)}: ${height} x ${width} x ${channels}, ${classes.length} classes`,
  );
  for (const [label, text] of [
    ['origin', description.origin],
    ['licence', description.licence],
  ])
    if (text) output.print(`${label}: ${text}`);
  const numbers = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(' ');
  const parts = [
    ['train', train.images.toString(), numbers(train.mean), numbers(train.std)],
    ['test', test.images.toString(), numbers(test.mean), numbers(test.std)],
  ];
  output.print('');
  output.print(formatTable(['part', 'images', 'mean', 'std'], parts, { ...output, right: ['images'] }));
  output.print('(mean and standard deviation of each channel, pixels from 0 to 1)');
  const counts = classes.map((label, i) => [label, `${train.classCounts[i]}`, `${test.classCounts[i]}`]);
  output.print('');
  output.print(formatTable(['class', 'train', 'test'], counts, { ...output, right: ['train', 'test'] }));
}

async function sheet(name: string, options: DataOptions, output: Output): Promise<void> {
  const { openImageSet } = await import('../../data/imageSets.js');
  const { contactSheet, ROWS } = await import('../../data/contactSheet.js');
  const { writeFile } = await import('node:fs/promises');
  const set = await openImageSet(name, options);
  const file = options.out ?? `${set.name}.png`;
  const classes = set.classes.slice(0, ROWS);
  try {
    await writeFile(file, contactSheet(set));
  } catch (cause) {
    const wanted = 'a file name in an existing folder';
    throw new StoreError(`--out ${file}: got ${reasonOf(cause)}, wanted ${wanted}`, { cause });
  }
  if (options.json) {
    output.json({ set: set.name, file, rows: classes });
    return;
  }
  const all = set.classes.length;
  const shown = classes.length < all ? `the first ${classes.length} of ${all} classes` : `${all} classes`;
  output.print(`wrote ${file}`);
  output.print(`${shown}, one row per class: ${classes.join(', ')}`);
}
