import { methodByName } from '../../src/nas/methods/methods.js';
import type { TableRunMethod } from '../../src/nas/tables/results.js';
import type { Table, TableSeed } from '../../src/nas/tables/table.js';
import { parseMethodOptions } from '../../src/nas/transfer/studySpecification.js';
import { UsageError } from '../commands/errors.js';
import { checkMethodName, checkOptionNames } from '../commands/methodOptions.js';

/** Splits `METHOD.name` at its dot. @throws UsageError for a method that is not among those that run */
function optionsByMethod(given: Readonly<Record<string, unknown>>, methods: readonly string[]) {
  const split = new Map(methods.map((name): [string, Record<string, unknown>] => [name, {}]));
  for (const [key, value] of Object.entries(given)) {
    const dot = key.indexOf('.');
    const options = split.get(key.slice(0, Math.max(0, dot)));
    if (!options)
      throw new UsageError(
        `--option ${key}: wanted METHOD.name=value, with METHOD one of those that run: ${methods.join(', ')}`,
      );
    options[key.slice(dot + 1)] = value;
  }
  return split;
}

/**
 * The methods of a run with all their options.
 * @param epochs what those see that don't choose a length of training
 * @throws UsageError naming the nearest, for a wrong name of a method or option, or a method that can't search a table
 */
export async function readMethods(
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  epochs: number,
  visible: Visible,
): Promise<TableRunMethod[]> {
  for (const name of names) await checkMethodName(name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`--method ${twice}: got it twice, wanted every method once`);
  const methods: TableRunMethod[] = [];
  for (const [name, options] of optionsByMethod(given, names)) {
    await checkOptionNames(name, options);
    const parsed = parseMethodOptions(name, options);
    if (methodByName(name).needs(parsed) === 'supernet')
      throw new UsageError(
        `--method ${name}: trains a supernet on images, which a table doesn't have; search for it with "nastransfer search"`,
      );
    const seen = lengthsSeen(name, epochs, visible.lengths).map((length) => ({
      epochs: length,
      seed: visible.seedOf(length),
    }));
    methods.push({ label: name, name, options: parsed, seen });
  }
  return methods;
}

/** BOHB goes up all lengths of training there are; the others see one. */
function lengthsSeen(name: string, epochs: number, lengths: readonly number[]): readonly number[] {
  return name === 'bohb' ? lengths : [epochs];
}

/** Validation accuracies that a table has on every one of some data sets. */
export class Visible {
  /** @param seed wanted; left out, the mean over seeds where the table has it, else what it has */
  constructor(
    private readonly table: Table,
    private readonly sets: readonly string[],
    private readonly seed?: TableSeed,
  ) {}

  /** Epochs, ascending. */
  get lengths(): number[] {
    const lengths = new Set(this.table.measurements.map(({ epochs }) => epochs));
    return [...lengths].filter((epochs) => this.seedsOf(epochs).length > 0).sort((a, b) => a - b);
  }

  /** Which training is seen after so many epochs. What the table lacks, it will say itself. */
  seedOf(epochs: number): TableSeed {
    const seeds = this.seedsOf(epochs);
    return this.seed ?? (seeds.includes('mean') ? 'mean' : seeds[0]) ?? 'mean';
  }

  private seedsOf(epochs: number): TableSeed[] {
    const of = (set: string) =>
      this.table.measurements
        .filter((one) => one.set === set && one.split === 'validation' && one.epochs === epochs)
        .map(({ seed }) => seed);
    const seeds = of(this.sets[0]).filter((seed) => this.sets.every((set) => of(set).includes(seed)));
    return this.seed === undefined ? seeds : seeds.filter((seed) => seed === this.seed);
  }
}
