import { describe, expect, it } from 'vitest';
import { percentSpread } from '../../runner/progress/numbers.js';
import { BEGIN, END, studyTables, withoutCourses, withTables } from '../../scripts/studyTables.js';
import { spaceByName } from '../../src/nas/spaces/spaces.js';
import { judgedCells } from '../../src/nas/transfer/judgedCells.js';
import type { StudyResults } from '../../src/nas/transfer/results.js';
import { foundSkips } from '../../src/nas/transfer/skips.js';
import { exampleResults } from '../runner/report/exampleResults.js';

const example = exampleResults();
const jobs = example.jobs.map((job) => ({ ...job, rank: 26 }));
const references = [
  { name: 'optimum', target: 'mnist', accuracy: 0.95, rank: 1, description: '' },
  { name: 'random-mean', target: 'mnist', accuracy: 0.8, deviation: 0.1, description: '' },
] as const;
const judged: StudyResults = {
  ...example,
  jobs,
  references,
  judge: { table: 'hundred', epochs: 200, size: 100, measurements: [] },
  summary: {
    ...example.summary,
    judged: judgedCells(jobs, references, 100),
    skips: foundSkips(spaceByName('nasbench201'), example.searches),
  },
};

describe('the Markdown tables of a study', () => {
  it('have the accuracy of every method and source, the references, and rows as wide as their headings', () => {
    const text = studyTables(judged);
    for (const { accuracy } of judged.summary.cells) expect(text).toContain(percentSpread(accuracy));
    expect(text).toContain('| optimum | 95.00 (rank 1) |');
    expect(text).toContain('| random-mean | 80.00 ± 10.00 |');
    // 25 of 100 are better than rank 26.
    expect(text.match(/\| 25\.0 \|/g)).toHaveLength(3);
    for (const table of text.split('\n\n').filter((part) => part.startsWith('| ')))
      expect(new Set(table.split('\n').map((line) => line.split(' | ').length)).size).toBe(1);
  });

  it('have the reference levels and improvements of a study that trained', () => {
    const text = studyTables(example);
    expect(text).toContain('| mnist | 81.4 | 11.3 |');
    expect(text).toContain('darts from emoji on mnist');
  });

  it('are the same from results that are stored without epochs and evaluations of searches', () => {
    const kept = withoutCourses(judged);
    expect(studyTables(kept)).toBe(studyTables(judged));
    expect(kept.searches.every(({ epochs, evaluations }) => epochs.length + evaluations.length === 0)).toBe(true);
    expect(JSON.stringify(kept).length).toBeLessThan(0.8 * JSON.stringify(judged).length);
  });

  it('replace the text between the markers of a page, and nothing else', () => {
    const page = `# Title\n\n${BEGIN}\n\nold\n\n${END}\n\nafter\n`;
    const once = withTables(page, 'new');
    expect(once).toBe(`# Title\n\n${BEGIN}\n\nnew\n\n${END}\n\nafter\n`);
    expect(withTables(once, 'new')).toBe(once);
    expect(() => withTables('# Title', 'new')).toThrow(/has no/);
  });
});
