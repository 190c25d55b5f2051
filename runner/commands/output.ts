import picocolors from 'picocolors';
import type { Progress, ProgressStream } from '../progress/progress.js';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  readonly colours: ReturnType<typeof picocolors.createColors>;
  print(text: string): void;
  json(value: unknown): void;
  notice(text: string): void;
  /** Where progress is shown. */
  readonly stream: ProgressStream;
}

export function terminalOutput(): Output {
  const wanted = process.env.FORCE_COLOR ? true : process.stdout.isTTY === true && !process.env.NO_COLOR;
  return {
    colours: picocolors.createColors(wanted),
    print: (text) => process.stdout.write(`${text}\n`),
    json: (value) => process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    notice: (text) => process.stderr.write(`${text}\n`),
    stream: process.stderr,
  };
}

const SILENT: ProgressStream = { write: () => true };

/** Progress of a command. Scripts that read JSON get none: only a terminal does. */
export async function progressOf({ stream }: Output, { json }: { readonly json?: boolean }): Promise<Progress> {
  const { createProgress } = await import('../progress/progress.js');
  return createProgress(json && !stream.isTTY ? SILENT : stream);
}

/** Columns as wide as their widest entry; those named in `right` are aligned to the right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], colours }: { right?: readonly string[]; colours: Output['colours'] },
): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (right.includes(header[i]) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [colours.bold(line(header)), ...rows.map(line)].join('\n');
}
