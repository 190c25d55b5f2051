import { spread } from '../math/spread.js';
import type { JudgedCell, StudyReference, TransferJob } from './results.js';

/**
 * Results of each method and source relative to the references of each target: a pure function of the jobs of a judged study, in the
 * order in which targets, sources and methods first occur in the jobs.
 * @param size number of architectures of the table
 */
export function judgedCells(
  jobs: readonly TransferJob[],
  references: readonly StudyReference[],
  size: number,
): JudgedCell[] {
  const sorted = [...jobs].sort((a, b) => a.seed - b.seed);
  const [methods, sources, targets] = (['method', 'source', 'target'] as const).map((key) => [
    ...new Set(jobs.map((job) => job[key])),
  ]);
  return targets.flatMap((target) => {
    const level = (name: StudyReference['name']) =>
      references.find((reference) => reference.name === name && reference.target === target)!.accuracy;
    const [optimum, random] = [level('optimum'), level('random-mean')];
    return sources.flatMap((source) =>
      methods.flatMap((method): JudgedCell[] => {
        const runs = sorted.filter((job) => job.method === method && job.source === source && job.target === target);
        if (runs.length === 0) return [];
        const over = (value: (job: TransferJob) => number) => spread(runs.map(value));
        return [
          {
            method,
            source,
            target,
            ...(runs.every((job) => job.validationAccuracy !== undefined)
              ? { validationAccuracy: over((job) => job.validationAccuracy!) }
              : {}),
            overRandomMean: over((job) => 100 * (job.accuracy / random - 1)),
            regret: over((job) => optimum - job.accuracy),
            rank: over((job) => job.rank!),
            better: over((job) => (100 * (job.rank! - 1)) / size),
          },
        ];
      }),
    );
  });
}
