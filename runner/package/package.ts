import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this package. Sources and built files lie at different depths in it. */
export function packageRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json in ${here} or above it; reinstall the package`);
  }
}

export function packageVersion(): string {
  return versionIn(join(packageRoot(), 'package.json'));
}

/** Versions that results depend on. */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  return {
    nastransfer: packageVersion(),
    node: process.versions.node,
    webgpu: versionIn(require.resolve('webgpu/package.json')),
    platform: `${process.platform} ${process.arch}`,
  };
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
