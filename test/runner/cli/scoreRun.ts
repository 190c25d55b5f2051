import picocolors from 'picocolors';
import { runProgram } from '../../../runner/commands/program.js';
import { tools } from '../../../runner/defaultTools.js';
import { dataFolder, noTunings } from './support.js';

export const small = [
  '--data-dir',
  dataFolder(),
  '--source',
  'tiny',
  '--size',
  '8',
  '--channels',
  '4',
  '--cells',
  '1',
  '--batch',
  '4',
];

/** `nastransfer score` on the device of the tests. */
export async function score(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(
    ['score', ...small, ...args],
    { ...tools, openTunings: async () => noTunings },
    {
      colours: picocolors.createColors(false),
      print: (text) => out.push(text),
      json: (value) => out.push(JSON.stringify(value)),
      notice: (text) => err.push(text),
      stream: { write: (text) => err.push(text) },
    },
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}
