import { nearest } from '../errors/nearestName.js';
import type { JudgementOutcome } from '../records/outcome.js';
import { spaceByName } from '../spaces/spaces.js';
import type { TableHeader } from '../tables/format.js';
import { describeMeasurement, nearestMeasurements } from '../tables/measurement.js';
import { bestRow } from '../tables/references.js';
import { type Measurement, type Split, type Table, TableError } from '../tables/table.js';
import { jobHash } from './jobHash.js';
import type { JudgeDescription, StudyReference } from './results.js';
import type { StudyTarget } from './studyParts.js';
import type { Study } from './studySpecification.js';
import type { JudgementTask } from './tasks.js';

/** A table with the settings of its networks. */
export interface JudgingTable extends Table {
  readonly header: Pick<TableHeader, 'settings'>;
}

interface Judged {
  readonly target: StudyTarget;
  readonly test: Measurement;
  readonly validation?: Measurement;
  /** Per cent, by row. */
  readonly accuracies: Float64Array;
  readonly validations?: Float64Array;
}

/** Judges architectures by their test accuracies in a table. */
export class TableJudge {
  private constructor(
    private readonly table: JudgingTable,
    private readonly epochs: number,
    private readonly judged: readonly Judged[],
    /** Hash of all that outcomes depend on: architectures and accuracies. */
    readonly fingerprint: string,
  ) {}

  /**
   * Creates the judge of a judged study. It takes the mean over seeds where the table has it.
   * @throws {TableError} when the table is of another space, or lacks a target, the epochs or the networks' settings
   */
  static async of(table: JudgingTable, study: Pick<Study, 'judge' | 'space' | 'targets'>): Promise<TableJudge> {
    const { epochs } = study.judge!;
    if (table.space !== study.space)
      throw new TableError(
        `judge: table ${table.name} holds architectures of ${table.space}, the study searches ${study.space}; wanted one space, or no judge`,
      );
    const judged = study.targets.map((target): Judged => {
      checkSet(table, target.set);
      const test = measured(table, { set: target.set, split: 'test', epochs });
      if (!test) throw noMeasurement(table, target.set, epochs);
      const validation = measured(table, { set: target.set, split: 'validation', epochs });
      return {
        target,
        test,
        accuracies: table.accuracies(test),
        ...(validation ? { validation, validations: table.accuracies(validation) } : {}),
      };
    });
    const architectures = Array.from({ length: table.size }, (_, row) => table.architecture(row));
    const columns = judged.map(({ test, validation, accuracies, validations }) => ({
      test,
      validation,
      accuracies: [...accuracies],
      validations: validations && [...validations],
    }));
    return new TableJudge(table, epochs, judged, await jobHash({ space: table.space, architectures, columns }));
  }

  describe(): JudgeDescription {
    return {
      table: this.table.name,
      epochs: this.epochs,
      size: this.table.size,
      measurements: this.judged.map(({ target, test, validation }) => ({
        target: target.label,
        accuracy: describeMeasurement(test),
        ...(validation ? { validationAccuracy: describeMeasurement(validation) } : {}),
      })),
    };
  }

  /** @throws {TableError} when the table lacks the architecture or its accuracy */
  judge({ architecture, target }: Pick<JudgementTask, 'architecture' | 'target'>): JudgementOutcome {
    const { accuracies, validations, test } = this.judged.find((one) => one.target.set === target.set)!;
    const row = this.table.indexOf(architecture);
    const accuracy = accuracies[row];
    if (!Number.isFinite(accuracy))
      throw new TableError(`${this.table.name}: has no ${describeMeasurement(test)} of ${architecture}`);
    const space = spaceByName(this.table.space);
    const { parameters, multiplyAdds } = space.count(space.parse(architecture), this.table.header.settings[target.set]);
    const validation = validations?.[row];
    return {
      accuracy: accuracy / 100,
      ...(validation !== undefined && Number.isFinite(validation) ? { validationAccuracy: validation / 100 } : {}),
      rank: rankOf(accuracies, accuracy),
      parameters,
      multiplyAdds,
    };
  }

  /** Reference levels of every target. */
  references(): StudyReference[] {
    const { resnet } = spaceByName(this.table.space);
    return this.judged.flatMap(({ target, test, accuracies }) => {
      const measurement = describeMeasurement(test);
      const cell = (name: StudyReference['name'], row: number, what: string): StudyReference => ({
        name,
        target: target.label,
        accuracy: accuracies[row] / 100,
        architecture: this.table.architecture(row),
        rank: rankOf(accuracies, accuracies[row]),
        description: `${what}: ${measurement}`,
      });
      const known = accuracies.filter(Number.isFinite).map((accuracy) => accuracy / 100);
      const mean = known.reduce((sum, accuracy) => sum + accuracy, 0) / known.length;
      const variance = known.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0) / known.length;
      return [
        cell('optimum', bestRow(accuracies), `the best of ${this.table.name} by the column that judges`),
        ...(resnet !== undefined && this.table.has(resnet)
          ? [cell('resnet', this.table.indexOf(resnet), 'the residual block as a cell')]
          : []),
        {
          name: 'random-mean' as const,
          target: target.label,
          accuracy: mean,
          deviation: Math.sqrt(variance),
          count: known.length,
          description: `mean over all architectures of ${this.table.name}: ${measurement}`,
        },
      ];
    });
  }
}

function rankOf(accuracies: Float64Array, accuracy: number): number {
  return 1 + accuracies.reduce((better, other) => better + (other > accuracy ? 1 : 0), 0);
}

function measured(table: Table, wanted: Pick<Measurement, 'set' | 'split' | 'epochs'>): Measurement | undefined {
  const all = table.measurements.filter(
    ({ set, split, epochs }) => set === wanted.set && split === wanted.split && epochs === wanted.epochs,
  );
  return all.find(({ seed }) => seed === 'mean') ?? all[0];
}

function checkSet(table: JudgingTable, set: string): void {
  const sets = [...new Set(table.measurements.flatMap((one) => (one.split === 'test' ? [one.set] : [])))];
  if (!sets.includes(set)) {
    const guess = nearest(set, sets);
    throw new TableError(
      `judge: table ${table.name} has no test accuracies of target "${set}"${guess === undefined ? '' : ` (did you mean ${guess}?)`}, wanted one of: ${sets.join(', ') || 'none, for it has none at all'}`,
    );
  }
  if (!table.header.settings[set])
    throw new TableError(
      `judge: table ${table.name} does not state the networks that it measured on ${set}; wanted settings of ${set} in its header`,
    );
}

function noMeasurement(table: Table, set: string, epochs: number): TableError {
  const wanted = { set, split: 'test' as Split, epochs, seed: 'mean' as const };
  const test = table.measurements.filter((one) => one.split === 'test' && one.set === set);
  const there = nearestMeasurements(wanted, test).map(describeMeasurement).join('; ');
  return new TableError(`judge: table ${table.name} has no ${describeMeasurement(wanted)}; the nearest: ${there}`);
}
