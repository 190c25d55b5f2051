import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the sources' and the built program's lie at different depths in it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export function packageVersion(): string {
  return versionIn(join(packageRoot(), 'package.json'));
}

/** What results depend on besides the adapter. */
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
