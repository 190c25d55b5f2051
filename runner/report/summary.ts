import type { StudyResults } from '../../src/nas/transfer/index.js';
import { opening } from './opening.js';
import { findings, verdict } from './verdict.js';

/** The results without epochs and evaluations, which are in `curves.csv`, and with the findings of the report. */
export function reportSummary(results: StudyResults): object {
  const { searches, jobs, ...rest } = results;
  return {
    ...rest,
    verdict: verdict(results),
    opening: opening(results),
    findings: findings(results),
    searches: searches.map(({ epochs, evaluations, ...search }) => search),
    jobs: jobs.map(({ epochs, ...job }) => job),
  };
}
