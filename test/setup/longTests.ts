import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const testFolder = fileURLToPath(new URL('..', import.meta.url));

const LONG = '.long.test.ts';

/** A file that only `npm run test:all` runs. */
export interface LongFile {
  /** Its path in test/, with slashes. */
  readonly path: string;
  /** What it proves: the line `// Long: ...` that it starts with. */
  readonly proves: string | undefined;
  /** How many tests it declares; a table of them (`it.each`) counts as one. */
  readonly tests: number;
}

/** All test files, by their paths in test/. */
export function testFiles(): string[] {
  const names = readdirSync(testFolder, { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}

export function isLong(path: string): boolean {
  return path.endsWith(LONG);
}

export function longFiles(): LongFile[] {
  return testFiles()
    .filter(isLong)
    .map((path) => {
      const text = readFileSync(join(testFolder, path), 'utf8');
      return {
        path,
        proves: /^\/\/ Long: (.+)/.exec(text)?.[1],
        tests: text.match(/^ *(it|test)(\.\w+)*\(/gm)?.length ?? 0,
      };
    });
}
