import picocolors from 'picocolors';
import { displayWidth } from './line.js';
import type { Progress, ProgressStream } from './progress.js';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  readonly colours: ReturnType<typeof picocolors.createColors>;
  print(text: string): void;
  json(value: unknown): void;
  notice(text: string): void;
  /** Width of the terminal on standard output in columns; undefined where it is no terminal. */
  readonly columns?: number;
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
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    stream: process.stderr,
  };
}

const SILENT: ProgressStream = { write: () => true };

/** Progress of a command. With --json it is shown on a terminal only. */
export async function progressOf({ stream }: Output, { json }: { readonly json?: boolean }): Promise<Progress> {
  const { createProgress } = await import('./progress.js');
  return createProgress(json && !stream.isTTY ? SILENT : stream);
}

interface TableOptions extends Pick<Output, 'colours' | 'columns'> {
  /** Columns aligned to the right. */
  readonly right?: readonly string[];
}

/** A text table. Where it is wider than the terminal, every row becomes a paragraph. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], colours, columns = Number.POSITIVE_INFINITY }: TableOptions,
): string {
  const widths = header.map((name, i) => Math.max(...[name, ...rows.map((row) => row[i])].map(displayWidth)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => padded(cell, widths[i], right.includes(header[i])))
      .join('  ')
      .trimEnd();
  const lines = [header, ...rows].map(line);
  if (Math.max(...lines.map(displayWidth)) > columns) return paragraphs(header, rows, colours);
  return [colours.bold(lines[0]), ...lines.slice(1)].join('\n');
}

/** The first cell of every row, followed by the others with their column names. */
function paragraphs(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  colours: Output['colours'],
): string {
  const width = Math.max(...header.slice(1).map(displayWidth));
  const text = ([first, ...others]: readonly string[]) => [
    colours.bold(first),
    ...others.flatMap((cell, i) => (cell === '' ? [] : [`  ${padded(header[i + 1], width)}  ${cell}`])),
  ];
  return rows.map((row) => text(row).join('\n')).join('\n\n');
}

function padded(text: string, width: number, right = false): string {
  const space = ' '.repeat(width - displayWidth(text));
  return right ? space + text : text + space;
}
