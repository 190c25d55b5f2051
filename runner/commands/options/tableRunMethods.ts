import { methodByName } from '../../../src/nas/methods/index.js';
import type { Table, TableRunMethod, TableSeed } from '../../../src/nas/tables/index.js';
import { parseMethodOptions } from '../../../src/nas/transfer/index.js';
import { UsageError } from './errors.js';
import { checkMethodName, checkOptionNames } from './methodOptions.js';
import { optionsByOwner, requireOnce } from './ownedOptions.js';

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
  requireOnce('method', names);
  const methods: TableRunMethod[] = [];
  for (const [name, options] of optionsByOwner(given, names, 'method')) {
    await checkOptionNames(name, options);
    const parsed = parseMethodOptions(name, options);
    const method = methodByName(name);
    if (method.needs(parsed) === 'supernet')
      throw new UsageError(
        `--method ${name}: trains a supernet on images, which a table doesn't have; search for it with "nastransfer search"`,
      );
    const seen = (method.multiFidelity ? visible.lengths : [epochs]).map((length) => ({
      epochs: length,
      seed: visible.seedOf(length),
    }));
    methods.push({ label: name, name, options: parsed, seen });
  }
  return methods;
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
