import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../runner/package/package.js';
import { LADDER } from '../../../runner/quickstart/sizes.js';
import { quickstartStudy } from '../../../runner/quickstart/studyFile.js';
import { imageSetNames } from '../../../src/nas/transfer/plan.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

const folder = join(packageRoot(), 'studies');
const read = (file: string) => parseStudy(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);

describe('the included studies', () => {
  it.each(readdirSync(folder))('%s follows the schema and is named after its file', (file) => {
    expect(`${read(file).name}.json`).toBe(file);
  });

  it.each(['smoke.json', 'quickstart.json'])('%s needs only image sets from npm', (file) => {
    for (const set of imageSetNames(read(file))) expect(['mnist', 'emoji']).toContain(set);
  });

  it('quickstart equals what the command quickstart runs on a fast processor: size 4 of its list', () => {
    expect(JSON.parse(readFileSync(join(folder, 'quickstart.json'), 'utf8'))).toEqual(quickstartStudy(LADDER[4]));
  });
});
