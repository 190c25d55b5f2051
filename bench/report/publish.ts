import type { CommonOptions } from '../harness/options.js';
import { describeEnvironment } from './environment.js';
import { writeSection } from './markdown.js';
import { type ResultFile, type ResultRow, writeResults } from './results.js';
import { type Column, markdownTable } from './table.js';

interface PublishOptions extends Pick<CommonOptions, 'json' | 'markdown'> {
  /** Of the Markdown table. */
  readonly columns: readonly Column<ResultRow>[];
  /** Lines below the table, printed too. */
  readonly notes?: readonly string[];
}

/** Prints the notes and writes results to the files that the options name. */
export function publish(results: ResultFile, { json, markdown, columns, notes = [] }: PublishOptions): void {
  for (const note of notes) console.log(note);
  if (json) writeResults(json, results);
  if (!markdown) return;
  const content = [
    describeEnvironment(results.environment),
    '',
    ...markdownTable(columns, results.rows),
    ...notes.flatMap((note) => ['', note]),
  ];
  writeSection(markdown, results.command, content.join('\n'));
}
