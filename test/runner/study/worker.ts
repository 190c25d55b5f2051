import { setTimeout as sleep } from 'node:timers/promises';
import { openStudyFolder } from '../../../runner/study/store.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { runStudy } from '../../../src/nas/transfer/study.js';
import { fakeContext, fakeExecutors, fakeProvenance, fakeStudy } from '../../nas/transfer/fakes.js';

/** Runs the fake study in the folder given on the command line, and prints a line for every unit of work. */
const [folder, milliseconds] = process.argv.slice(2);
try {
  const store = await openStudyFolder(folder, (text) => console.error(text));
  const executors = fakeExecutors(async (what) => {
    console.log(what);
    await sleep(Number(milliseconds));
  });
  const plan = await planStudy(fakeStudy, fakeContext);
  const results = await runStudy(plan, { ...executors, store, provenance: fakeProvenance });
  await store.writeResults(results);
  await store.close();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
