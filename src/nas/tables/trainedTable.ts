import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import type { TableHeader } from './format.js';
import type { Split, TableSeed } from './table.js';

/** A training whose result is part of a table. */
export interface TrainedRow {
  readonly architecture: string;
  readonly seed: number;
  readonly split: Exclude<Split, 'train'>;
  /** From 0 to 1. */
  readonly accuracy: number;
  readonly seconds: number;
}

export interface TrainedTable {
  readonly name: string;
  readonly space: Space;
  readonly set: string;
  readonly epochs: number;
  readonly settings: NetworkSettings;
  readonly seeds: readonly number[];
  /** In the order of the rows. */
  readonly architectures: readonly string[];
  readonly trained: readonly TrainedRow[];
  readonly licence: string;
  /** The program and device that trained them. */
  readonly source: string;
}

const SPLITS = ['validation', 'test'] as const;

/** Header and rows of a table of trainings: every seed's accuracies, their means where there are several seeds, costs, seconds. */
export function trainedTable(table: TrainedTable): { header: TableHeader; rows: string } {
  const { name, space, set, epochs, settings, seeds, architectures, licence, source } = table;
  const shown: readonly TableSeed[] = seeds.length > 1 ? [...seeds, 'mean'] : seeds;
  const measurements = SPLITS.flatMap((split) =>
    shown.map((seed) => ({ column: `${split}_${seed === 'mean' ? seed : `seed${seed}`}`, set, split, epochs, seed })),
  );
  const costs = (['parameters', 'multiplyAdds', 'mflops'] as const).map((cost) => ({ column: cost, name: cost, set }));
  const seconds = [{ column: 'seconds', set, epochs }];
  const columns = [...measurements, ...costs, ...seconds].map(({ column }) => column);
  const header: TableHeader = {
    format: 1,
    name,
    space: space.name,
    rows: architectures.length,
    licence,
    measurements,
    costs,
    latencies: [],
    seconds,
    settings: { [set]: settings },
    provenance: [{ columns, source, licence }],
  };
  const byRow = new Map<string, TrainedRow[]>(architectures.map((architecture) => [architecture, []]));
  for (const row of table.trained) byRow.get(row.architecture)?.push(row);
  const lines = architectures.map((architecture, index) => {
    const trained = byRow.get(architecture) ?? [];
    const accuracies = measurements.map(({ split, seed }) =>
      percent(
        mean(
          trained.filter((row) => row.split === split && (seed === 'mean' || row.seed === seed)),
          accuracyOf,
        ),
      ),
    );
    const cost = space.count(space.parse(architecture), settings);
    const validation = mean(
      trained.filter(({ split }) => split === 'validation'),
      secondsOf,
    );
    return [index, architecture, ...accuracies, ...costs.map(({ name }) => cost[name]), validation.toFixed(3)].join(
      ',',
    );
  });
  return { header, rows: `${[`index,arch,${columns.join(',')}`, ...lines].join('\n')}\n` };
}

const accuracyOf = ({ accuracy }: TrainedRow): number => accuracy;
const secondsOf = ({ seconds }: TrainedRow): number => seconds;

function mean(rows: readonly TrainedRow[], value: (row: TrainedRow) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

/** Empty where nothing was measured. */
function percent(fraction: number): string {
  return Number.isFinite(fraction) ? String(Number((100 * fraction).toFixed(4))) : '';
}
