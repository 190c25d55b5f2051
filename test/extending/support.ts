import picocolors from 'picocolors';
import { runProgram } from '../../runner/commands/program.js';
import { tools } from '../../runner/defaultTools.js';
import type { Output } from '../../runner/progress/output.js';
import { noTunings } from '../runner/cli/support.js';

/** Runs a command line in this process on the device. */
export async function onDevice(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const output: Output = {
    colours: picocolors.createColors(false),
    print: (text) => out.push(text),
    json: (value) => out.push(JSON.stringify(value)),
    notice: (text) => err.push(text),
    stream: { write: (text) => err.push(text) },
  };
  const code = await runProgram(args, { ...tools, openTunings: async () => noTunings }, output);
  return { code, out: out.join('\n'), err: err.join('') };
}
