import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openJudge } from '../../../runner/study/judge.js';
import { formatCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { temporaryFolder, writeFiles } from '../data/support.js';

const studyOf = (table: string) =>
  parseStudy({
    name: 'judged',
    methods: ['random'],
    sources: ['mnist'],
    targets: ['cifar10', 'cifar100', 'ImageNet16-120'],
    seeds: [0],
    judge: { table },
  });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('opening the table on which a study is evaluated', () => {
  it('states how to install a table that is known but missing', async () => {
    vi.stubEnv('NASTRANSFER_TABLES', '');
    await expect(openJudge(studyOf('nasbench201'))).rejects.toThrow(
      /nasbench201 is not installed: NASTRANSFER_TABLES is not set; put nasbench201\.csv\.gz into a folder/,
    );
    const folder = temporaryFolder();
    vi.stubEnv('NASTRANSFER_TABLES', folder);
    await expect(openJudge(studyOf('nasbench201'))).rejects.toThrow(`${folder} has no nasbench201.csv.gz`);
  });

  it('names the nearest table to an unknown one, among those built in or in the folder', async () => {
    vi.stubEnv('NASTRANSFER_TABLES', writeFiles(temporaryFolder(), { 'mine-20.csv.gz': '' }));
    await expect(openJudge(studyOf('nas-bench201'))).rejects.toThrow(
      'table "nas-bench201" is not known, did you mean nasbench201?',
    );
    await expect(openJudge(studyOf('mine-21'))).rejects.toThrow('did you mean mine-20?');
  });
});

const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const installed = existsSync(join(tables, 'nasbench201.csv.gz'));
if (!installed)
  console.warn(
    `Skipping the judge on NAS-Bench-201: no nasbench201.csv.gz in ${tables}. Set NASTRANSFER_TABLES to its folder.`,
  );

describe.skipIf(!installed)('NAS-Bench-201 as the table of a study', () => {
  beforeEach(() => {
    vi.stubEnv('NASTRANSFER_TABLES', tables);
  });

  it('has the optimum that papers quote, and the residual cell within the seeds of its single run', async () => {
    const judge = await openJudge(studyOf('nasbench201'));
    const references = judge!.references();
    const per = (name: string) =>
      references.filter((reference) => reference.name === name).map(({ accuracy }) => 100 * accuracy);
    // The optimum as MetaD2A (2107.00860) and later papers quote it; of ResNet, the single run of 2001.00326 as EEEA-Net quotes it.
    const expectNear = (got: readonly number[], published: readonly number[], within: number) =>
      got.forEach((value, i) => {
        expect(Math.abs(value - published[i])).toBeLessThan(within);
      });
    expect(per('optimum')).toHaveLength(3);
    expectNear(per('optimum'), [94.37, 73.51, 47.31], 0.01);
    expectNear(per('resnet'), [93.97, 70.86, 43.63], 0.7);
    expect(references.find(({ name }) => name === 'random-mean')!.count).toBe(15_625);
  });

  it('ranks the cell of skips, to which DARTS collapses, far below the mean', async () => {
    const judge = await openJudge(studyOf('nasbench201'));
    const [cifar10] = studyOf('nasbench201').targets;
    const { accuracy, rank } = judge!.judge({ architecture: formatCell([1, 1, 1, 1, 1, 1]), target: cifar10 });
    // What 2001.00326 reports of DARTS: 54.30 %.
    expect(100 * accuracy).toBeCloseTo(54.3, 1);
    expect(rank).toBeGreaterThan(14_000);
  });
});
