import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { runProgram } from '../../../runner/commands/program.js';
import type { Output } from '../../../runner/progress/output.js';
import type { NetworkSize, SizeTimes } from '../../../runner/tools/stepTimer.js';
import type { Tools } from '../../../runner/tools/tools.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import { Random } from '../../../src/engine/random/random.js';
import type { TuningStore } from '../../../src/engine/tuner/saved.js';
import { fakeExecutors } from '../../nas/transfer/fakes.js';

/** A folder with a packed set `tiny`: 40 + 20 grey images of 8 x 8 in two classes. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nastransfer-data-'));
  const description = {
    name: 'tiny',
    height: 8,
    width: 8,
    channels: 1,
    train: 40,
    test: 20,
    classes: ['dark', 'light'],
  };
  const random = new Random(0, 'test');
  const labels = Array.from({ length: 60 }, (_, i) => i % 2);
  const pixels = labels.flatMap((label) => Array.from({ length: 64 }, () => 100 * label + random.integer(100)));
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(description));
  writeFileSync(join(folder, 'tiny.bin'), Uint8Array.from([...pixels, ...labels]));
  return folder;
}

/** Stores nothing. */
export const noTunings: TuningStore = { read: async () => undefined, write: async () => {}, remove: async () => {} };

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the executors were asked to do. */
  readonly work: string[];
  readonly gpusLeftOpen: number;
}

/** Times of a device that takes 20 ms per training step at the size that is timed first, more for larger ones; all divided by `speed`. */
export async function pretendedTimes({ channels, imageSize }: NetworkSize, speed = 1): Promise<SizeTimes> {
  const work = ((channels * imageSize) / 48) ** 2 / speed;
  return {
    compile: 2 / speed,
    training: { build: 0.05 / speed, step: 0.02 * work },
    search: { build: 0.1 / speed, step: 0.1 * work },
  };
}

/** Runs a command line in this process, with a fake device and fake executors. */
export async function runCommand(
  args: readonly string[],
  failure?: Error,
  tunings: TuningStore = noTunings,
  speed = 1,
): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const work: string[] = [];
  let gpusLeftOpen = 0;
  const tools: Tools = {
    async openGpu(adapter) {
      gpusLeftOpen++;
      // The environment selects the device of other tests, not that of these.
      const asked = adapter === process.env.NASTRANSFER_ADAPTER ? undefined : adapter;
      const info = { kind: 'other-software', name: asked ?? 'a pretended device', driver: 'none 1.0' };
      return { info, dispose: () => gpusLeftOpen-- } as unknown as Gpu;
    },
    openTunings: async () => tunings,
    stepTimer: async () => ({
      async measure(size) {
        work.push(`time ${size.imageSize} pixels`);
        return pretendedTimes(size, speed);
      },
    }),
    createExecutors: async (_gpu, _space, { imageSet }) => {
      const executors = fakeExecutors((what) => {
        if (failure) throw failure;
        work.push(what);
      });
      return {
        search: async (task, report) => {
          await imageSet(task.specification.set);
          return executors.search(task, report);
        },
        train: async (task, report) => {
          await imageSet(task.target.set);
          return executors.train(task, report);
        },
      };
    },
  };
  const output: Output = {
    colours: picocolors.createColors(false),
    print: (text) => out.push(text),
    json: (value) => out.push(JSON.stringify(value)),
    notice: (text) => err.push(text),
    stream: { write: (text) => err.push(text.trimEnd()) },
  };
  const code = await runProgram(args, tools, output);
  return { code, out: out.join('\n'), err: err.join('\n'), work, gpusLeftOpen };
}

/** Flags of the smallest work on `tiny`. */
export const tinyWork = [
  '--epochs',
  '1',
  '--batch',
  '10',
  '--channels',
  '4',
  '--cells',
  '1',
  '--size',
  '8',
  '--image-channels',
  '1',
];
