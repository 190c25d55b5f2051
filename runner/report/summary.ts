import type { StudyResults } from '../../src/nas/transfer/index.js';
import { opening } from './opening.js';
import { findings, verdict } from './verdict.js';

/** The results without what `curves.csv` holds, the epochs and evaluations, and with what the report says of them. */
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
