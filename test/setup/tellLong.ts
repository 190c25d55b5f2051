import type { TestProject } from 'vitest/node';
import { isLong, longFiles, testFiles } from './longTests.js';

/** After a run of all short tests, lists the files that only `npm run test:all` runs. */
export default function setup({ vitest }: TestProject): () => void {
  return () => {
    // Not after a run of a few files.
    if (vitest.state.getFiles().length < testFiles().filter((path) => !isLong(path)).length) return;
    const files = longFiles();
    const tests = files.reduce((sum, file) => sum + file.tests, 0);
    console.log(`\nnpm run test:all runs ${files.length} more files with ${tests} tests or tables of tests:`);
    for (const { path, proves } of files) console.log(`  ${path}: ${proves}`);
  };
}
