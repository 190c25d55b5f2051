// Adds up result files of vitest's JSON reporter and prints 'N passed, N failed, N skipped'. A test file that could not be
// loaded, and a run that failed otherwise or left no results, count as a failure each. Exit code 1 if anything failed.
import { readFileSync } from 'node:fs';

const total = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  let failed = 0;
  try {
    const results = JSON.parse(readFileSync(path, 'utf8'));
    total.passed += results.numPassedTests;
    total.skipped += results.numPendingTests + results.numTodoTests;
    const unloaded = results.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    failed = results.numFailedTests + unloaded.length;
    if (!results.success && failed === 0) throw new Error('the run failed outside its tests');
  } catch (error) {
    console.error(`countTests: ${path}: ${error.message}`);
    failed++;
  }
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
