import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * The document with the section of a name replaced: what lies between `<!-- name -->` and `<!-- /name -->`; appended
 * where missing.
 * @throws {Error} when a section has no end
 */
export function replaceSection(document: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${start}\n\n${content.trim()}\n\n${end}`;
  const from = document.indexOf(start);
  if (from < 0) return `${document.trimEnd()}${document.trim() ? '\n\n' : ''}${section}\n`;
  const to = document.indexOf(end, from);
  if (to < 0) throw new Error(`section "${name}": ${start} has no ${end} after it; add one where the section ends`);
  return document.slice(0, from) + section + document.slice(to + end.length);
}

/** Writes a section into a file, which is created if missing. */
export function writeSection(file: string, name: string, content: string): void {
  writeFileSync(file, replaceSection(existsSync(file) ? readFileSync(file, 'utf8') : '', name, content));
}
