// Compares two files that benchmarks wrote with --json.
import { describeEnvironment } from '../report/environment.js';
import { type ResultFile, type ResultRow, readResults } from '../report/results.js';
import { judge, type Summary, type Verdict } from '../report/statistics.js';
import { type Column, number, textTable } from '../report/table.js';

export interface Comparison {
  readonly workload: string;
  /** Contenders of both files; a single name where they are equal. */
  readonly contender: string;
  readonly a: Summary;
  readonly b: Summary;
  /** b over a. */
  readonly ratio: number;
  readonly verdict: Verdict;
}

/**
 * Rows of one workload in both files: those of the same contender, or, where the files have no contender in common, every
 * contender of the one with every contender of the other.
 */
export function compareResults(a: ResultFile, b: ResultFile): Comparison[] {
  const timed = ({ rows }: ResultFile) => rows.filter((row): row is ResultRow & { time: Summary } => !!row.time);
  const [ours, theirs] = [timed(a), timed(b)];
  const common = ours.some(({ contender }) => theirs.some((row) => row.contender === contender));
  return ours.flatMap((x) =>
    theirs
      .filter((y) => y.workload === x.workload && (!common || y.contender === x.contender))
      .map((y) => ({
        workload: x.workload,
        contender: common ? x.contender : `${x.contender}, ${y.contender}`,
        a: x.time,
        b: y.time,
        ratio: y.time.median / x.time.median,
        verdict: judge(x.time, y.time),
      })),
  );
}

const columns: readonly Column<Comparison>[] = [
  { head: 'workload', align: 'left', cell: ({ workload }) => workload },
  { head: 'contender', align: 'left', cell: ({ contender }) => contender },
  { head: 'A ms', cell: ({ a }) => number(a.median) },
  { head: 'B ms', cell: ({ b }) => number(b.median) },
  { head: 'B/A', cell: ({ ratio }) => number(ratio) },
  { head: 'B is', align: 'left', cell: ({ verdict }) => verdict },
];

export async function run(args: string[]): Promise<void> {
  if (args.length !== 2) throw new RangeError(`got ${args.length} arguments, wanted two files: compare A.json B.json`);
  const [a, b] = args.map(readResults);
  console.log(`A: ${describeEnvironment(a.environment)}\nB: ${describeEnvironment(b.environment)}`);
  const comparisons = compareResults(a, b);
  if (comparisons.length === 0) throw new RangeError('the files have no timed workload in common');
  console.log(textTable(columns, comparisons).join('\n'));
  console.log(
    'faster, slower: medians differ by more than three times the root of the sum of squares of both deviations ' +
      '(1.4826 times the median absolute deviation), and by more than 5%.',
  );
}
