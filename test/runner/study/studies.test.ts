import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../runner/package.js';
import { imageSetNames } from '../../../src/nas/transfer/plan.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

const folder = join(packageRoot(), 'studies');
const read = (file: string) => parseStudy(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);

describe('the studies that come with the program', () => {
  it.each(readdirSync(folder))('%s follows the schema and is named after its file', (file) => {
    expect(`${read(file).name}.json`).toBe(file);
  });

  it.each(['smoke.json', 'quickstart.json'])('%s needs only image sets that npm brings', (file) => {
    for (const set of imageSetNames(read(file))) expect(['mnist', 'emoji']).toContain(set);
  });

  it('quickstart compares three methods on two sources, one of another domain than the target, over two seeds', () => {
    const study = read('quickstart.json');
    expect(study.methods.map((method) => method.name)).toEqual(['random', 'regularized-evolution', 'darts']);
    expect(study.seeds.length).toBeGreaterThanOrEqual(2);
    expect(study.targets).toHaveLength(1);
    const sets = study.sources.map((source) => source.specification.set);
    expect(new Set(sets).size).toBeGreaterThanOrEqual(2);
    expect(sets).toContain(study.targets[0].set);
  });
});
