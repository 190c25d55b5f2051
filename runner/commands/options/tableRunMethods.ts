import { methodByName } from '../../../src/nas/methods/index.js';
import type { Table, TableRunMethod, TableSeed } from '../../../src/nas/tables/index.js';
import { parseMethodOptions } from '../../../src/nas/transfer/index.js';
import { UsageError } from './errors.js';
import { checkMethodName, checkOptionNames } from './methodOptions.js';
import { optionsByOwner, requireOnce } from './ownedOptions.js';

/**
 * The methods of a run with all their options.
 * @param epochs length of training for methods that do not choose one
 * @throws {UsageError} when a method or option is unknown, with the nearest name, or when a method cannot search a table
 */
export async function readMethods(
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  epochs: number,
  visible: Visible,
): Promise<TableRunMethod[]> {
  for (const name of names) await checkMethodName(name);
  requireOnce('method', names);
  const methods: TableRunMethod[] = [];
  for (const [name, options] of optionsByOwner(given, names, 'method')) {
    await checkOptionNames(name, options);
    const parsed = parseMethodOptions(name, options);
    const method = methodByName(name);
    if (method.needs(parsed) === 'supernet')
      throw new UsageError(
        `--method ${name}: trains a supernet on images, which a table does not have; search for it with "nastransfer search"`,
      );
    const seen = (method.multiFidelity ? visible.lengths : [epochs]).map((length) => ({
      epochs: length,
      seed: visible.seedOf(length),
    }));
    methods.push({ label: name, name, options: parsed, seen });
  }
  return methods;
}

/** The validation accuracies that a table has on all of several data sets. */
export class Visible {
  /** @param seed default: the mean over seeds where the table has it, else any that it has */
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

  /** The seed of the accuracies after a number of epochs. The table's own error states what it lacks. */
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
