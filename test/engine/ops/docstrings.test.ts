import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/engine/errors/index.js';

const folder = new URL('../../../src/engine/ops/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');

/** Functions that the index exports, with the file that has them; those of record/ are for authors of operations. */
const functions = [...read('index.ts').matchAll(/export \{([^}]*)\} from '\.\/([^']+)\.js'/g)]
  .filter(([, , file]) => !file.startsWith('record/'))
  .flatMap(([, names, file]) => names.split(',').map((name) => ({ name: name.trim(), file: `${file}.ts` })))
  .map(({ name, file }) => ({ name, docstring: docstringOf(name, read(file)) }))
  .filter(({ docstring }) => docstring !== undefined);

/** Text of the comment before an exported function of values; undefined where the name is none. */
function docstringOf(name: string, source: string): string | undefined {
  const start = source.indexOf(`export function ${name}(`);
  if (start < 0 || !/\bValue\b/.test(source.slice(start, source.indexOf('\n}', start)))) return undefined;
  const before = source.slice(0, start).trimEnd();
  return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
}

describe('the docstring of a tensor function', () => {
  it('is found for all of them', () => {
    expect(functions.length).toBeGreaterThanOrEqual(57);
  });

  it.each(functions)('states the result and the errors, which are classes of the engine: $name', ({ docstring }) => {
    expect(docstring).toMatch(/@returns/);
    expect(docstring).toMatch(/@throws \{/);
    const named = [...(docstring ?? '').matchAll(/@throws \{([^}]+)\}/g)].flatMap(([, classes]) =>
      classes.split(' | '),
    );
    expect(named.filter((name) => !(name in errors))).toEqual([]);
  });
});
