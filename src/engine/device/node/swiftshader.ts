import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { AdapterError } from '../../errors/errors.js';
import { cachedFolder } from './cache.js';
import { readTar } from './tar.js';

const PACKAGE = '@sparticuz/chromium';

/** Command that installs the package, which is optional. Other versions may contain other archives. */
export const INSTALL_SWIFTSHADER = `npm install ${PACKAGE}@147.0.0`;

/** Paths of SwiftShader as a Vulkan driver and of the Vulkan loader in the same archive. */
export interface SwiftShader {
  /** The driver's manifest, for VK_DRIVER_FILES. */
  manifest: string;
  /** libvulkan.so.1, for machines without a Vulkan loader. */
  loader: string;
}

/**
 * The folder and version of the npm package that contains Chromium for x86-64 Linux.
 * @throws {AdapterError} when it is not installed
 */
export function chromiumPackage(): { folder: string; version: string } {
  try {
    // The package exports only its main file, in build/cjs, but neither its archives nor its package.json.
    const main = createRequire(import.meta.url).resolve(PACKAGE);
    const folder = dirname(dirname(dirname(main)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new AdapterError(`npm package ${PACKAGE}, which contains it, is not installed: run ${INSTALL_SWIFTSHADER}`, {
      cause,
    });
  }
}

/** An archive of that package, and a name for its unpacked form that changes with its content. */
export function chromiumArchive(file: string): { content: Buffer; cacheName: string } {
  const { folder, version } = chromiumPackage();
  const content = readFileSync(join(folder, 'bin', file));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { content, cacheName: `${file.split('.')[0]}-${version}-${hash}` };
}

/**
 * Unpacks SwiftShader into the user's cache unless it is there already.
 * @throws {AdapterError} when it cannot run here, its package is not installed, or the cached folder is incomplete
 */
export function unpackSwiftShader(): SwiftShader {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new AdapterError(`the bundled SwiftShader is for x86-64 Linux, this is ${process.arch} ${process.platform}`);
  }
  const { content, cacheName } = chromiumArchive('swiftshader.tar.br');
  const folder = cachedFolder(cacheName, (target) => {
    for (const { path, mode, content: bytes } of readTar(brotliDecompressSync(content))) {
      writeFileSync(join(target, basename(path)), bytes, { mode: mode & 0o755 });
    }
  });
  const swiftShader = { manifest: join(folder, 'vk_swiftshader_icd.json'), loader: join(folder, 'libvulkan.so.1') };
  for (const file of [...Object.values(swiftShader), join(folder, 'libvk_swiftshader.so')]) {
    if (!existsSync(file))
      throw new AdapterError(`${file} is missing: remove the folder, and it will be created again`);
  }
  return swiftShader;
}
