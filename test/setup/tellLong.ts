import { longFiles } from './longTests.js';

/** After the results: what this run left to `npm run test:all`. */
export default function setup(): () => void {
  return () => {
    const files = longFiles();
    console.log(`\nnpm run test:all has ${files.length} more files, of long proofs:`);
    for (const { path, proves } of files) console.log(`  ${path}: ${proves}`);
  };
}
