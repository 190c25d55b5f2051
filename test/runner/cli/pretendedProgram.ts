import { setTimeout as sleep } from 'node:timers/promises';
import { endOnUnhandledErrors, runToItsEnd } from '../../../runner/commands/endings.js';
import { runProgram } from '../../../runner/commands/program.js';
import { terminalOutput } from '../../../runner/progress/output.js';
import type { Tools } from '../../../runner/tools/tools.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { fakeExecutors } from '../../nas/transfer/fakes.js';
import { noTunings, pretendedTimes } from './support.js';

/** The program on a fake device. The first argument states the result of every search and training. */
const [outcome, ...args] = process.argv.slice(2);
const outcomes: Readonly<Record<string, () => Promise<void>>> = {
  slow: () => sleep(600_000),
  rejecting: async () => {
    Promise.reject(new RangeError('nobody waits for this'));
    await sleep(600_000);
  },
  throwing: async () => {
    setTimeout(() => {
      throw new RangeError('nobody catches this');
    });
    await sleep(600_000);
  },
  starving: () => new Promise(() => {}),
};

const tools: Tools = {
  openGpu: async () => ({ info: { kind: 'other-software', name: 'none', driver: '' }, dispose() {} }) as unknown as Gpu,
  openTunings: async () => noTunings,
  stepTimer: async () => ({ measure: (size) => pretendedTimes(size) }),
  createExecutors: async () =>
    fakeExecutors(async (what) => {
      console.error(`started: ${what}`);
      await outcomes[outcome]();
    }),
};

endOnUnhandledErrors(args.includes('--verbose'));
await runToItsEnd(() => runProgram(args, tools, terminalOutput()));
