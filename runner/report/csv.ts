import { stringify } from 'csv-stringify/sync';
import { type StudyResults, searchAccuracy } from '../../src/nas/transfer/index.js';

type Field = string | number | null | undefined;

/** Rows as CSV by RFC 4180: fields quoted where needed, lines end in CRLF. Numbers that are not finite become empty fields. */
export function csv(header: readonly string[], rows: readonly (readonly Field[])[]): string {
  return stringify([header, ...rows] as Field[][], {
    record_delimiter: 'windows',
    // Otherwise only fields with the whole delimiter CRLF are quoted.
    quoted_match: /[\r\n]/,
    cast: { number: (value) => (Number.isFinite(value) ? String(value) : '') },
  });
}

/** One line for each trained network. */
export function accuraciesCsv(results: StudyResults): string {
  const searches = new Map(results.searches.map((search) => [search.hash, search]));
  const header =
    'method,source,target,seed,architecture,accuracy,loss,parameters,multiplyAdds,seconds,searchAccuracy,searchSeconds,hash,searchHash';
  return csv(
    header.split(','),
    results.jobs.map((job) => {
      const search = searches.get(job.searchHash);
      return [
        job.method,
        job.source,
        job.target,
        job.seed,
        job.architecture,
        job.accuracy,
        job.loss,
        job.parameters,
        job.multiplyAdds,
        job.seconds,
        search && searchAccuracy(search),
        search?.seconds,
        job.hash,
        job.searchHash,
      ];
    }),
  );
}

/** One line for each method, source and target; each line repeats the reference levels of its target. */
export function summaryCsv({ summary, baselines }: StudyResults): string {
  const header =
    'method,source,target,accuracyMean,accuracyDeviation,count,relativeImprovement,relativeImprovementDeviation,relativeImprovementStandardError,randomCount,chance,linear';
  return csv(
    header.split(','),
    summary.cells.map(({ method, source, target, accuracy, relativeImprovement: improvement }) => {
      const baseline = baselines.find((level) => level.target === target);
      return [
        method,
        source,
        target,
        accuracy.mean,
        accuracy.deviation,
        accuracy.count,
        improvement?.mean,
        improvement?.deviation,
        improvement?.standardError,
        improvement?.randomCount,
        baseline?.chance,
        baseline?.linear,
      ];
    }),
  );
}

/** One line for each method, source and target of a judged study: distance from the references. */
export function judgedCsv({ summary, judge }: StudyResults): string {
  const names = ['overRandomMean', 'regret', 'rank', 'better', 'validationAccuracy'] as const;
  return csv(
    ['method', 'source', 'target', ...names.flatMap((name) => [`${name}Mean`, `${name}Deviation`]), 'count', 'of'],
    (summary.judged ?? []).map((cell) => [
      cell.method,
      cell.source,
      cell.target,
      ...names.flatMap((name) => [cell[name]?.mean, cell[name]?.deviation]),
      cell.regret.count,
      judge?.size,
    ]),
  );
}

/** One line for each reference of a judged study. */
export function referencesCsv({ references = [] }: StudyResults): string {
  return csv(
    ['name', 'target', 'accuracy', 'deviation', 'count', 'rank', 'architecture', 'description'],
    references.map((row) => [
      ...[row.name, row.target, row.accuracy, row.deviation],
      ...[row.count, row.rank, row.architecture, row.description],
    ]),
  );
}

/** One line for each Kendall tau-b; `within` is the target, or the source, that both sides share. */
export function correlationsCsv({ summary }: StudyResults): string {
  const rows: Field[][] = [];
  for (const { target, sources, tau, count } of summary.sourceRankCorrelation)
    rows.push(['methods between sources', ...sources, target, tau, count]);
  for (const { source, target, tau, count } of summary.searchToTargetCorrelation)
    rows.push(['search to target', source, target, null, tau, count]);
  for (const { targets, tau, count } of summary.targetRankCorrelation ?? [])
    rows.push(['architectures between targets', ...targets, null, tau, count]);
  return csv(['kind', 'first', 'second', 'within', 'tau', 'count'], rows);
}

/** One line for each epoch of a search or a training, and for each architecture that a search evaluated. */
export function curvesCsv({ searches, jobs }: StudyResults): string {
  const header =
    'phase,method,source,target,seed,index,learningRate,trainLoss,trainAccuracy,validationLoss,validationAccuracy,architecture,fitness,hash';
  const runs = [
    ...searches.map((search) => ({ ...search, phase: 'search', target: null })),
    ...jobs.map((job) => ({ ...job, phase: 'training', evaluations: [] })),
  ];
  const rows = runs.flatMap(({ phase, method, source, target, seed, hash, epochs, evaluations }): Field[][] => [
    ...epochs.map((epoch) => [
      phase,
      method,
      source,
      target,
      seed,
      epoch.epoch,
      epoch.learningRate,
      epoch.trainLoss,
      epoch.trainAccuracy,
      epoch.validationLoss,
      epoch.validationAccuracy,
      null,
      null,
      hash,
    ]),
    ...evaluations.map(({ architecture, fitness }, index) => [
      phase,
      method,
      source,
      target,
      seed,
      index,
      ...[null, null, null, null, null],
      architecture,
      fitness,
      hash,
    ]),
  ]);
  return csv(header.split(','), rows);
}
