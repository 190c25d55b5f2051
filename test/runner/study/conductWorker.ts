import { setTimeout as sleep } from 'node:timers/promises';
import { conductStudy } from '../../../runner/study/conduct.js';
import type { Tools } from '../../../runner/tools.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';
import { fakeExecutors } from '../../nas/transfer/fakes.js';

/** Conducts a small study on pretended hardware, slowly: arguments are its folder and that of the images. */
const [out, dataDir] = process.argv.slice(2);
const tools: Tools = {
  openGpu: async () => ({ info: { kind: 'other-software', name: 'none', driver: '' }, dispose() {} }) as unknown as Gpu,
  createExecutors: async () =>
    fakeExecutors(async (what) => {
      console.log(what);
      await sleep(60_000);
    }),
};
const study = parseStudy({ name: 'slow', methods: ['random'], sources: ['tiny'], targets: ['tiny'], seeds: [0] });
await conductStudy(study, tools, { out, dataDir, rerun: '', notice: (text) => console.error(text) });
