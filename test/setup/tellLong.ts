import type { TestProject } from 'vitest/node';
import { isLong, longFiles, testFiles } from './longTests.js';

/** After the results of all short tests: what they leave to `npm run test:all`. */
export default function setup({ vitest }: TestProject): () => void {
  return () => {
    // Whoever runs a few files doesn't want to know.
    if (vitest.state.getFiles().length < testFiles().filter((path) => !isLong(path)).length) return;
    const files = longFiles();
    const tests = files.reduce((sum, file) => sum + file.tests, 0);
    console.log(`\nnpm run test:all has ${files.length} more files, of ${tests} tests or tables of tests:`);
    for (const { path, proves } of files) console.log(`  ${path}: ${proves}`);
  };
}
