import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { cachedFolder } from '../../src/engine/device/node/cache.js';
import { chromiumArchive } from '../../src/engine/device/node/swiftshader.js';
import { readTar } from '../../src/engine/device/node/tar.js';
import { HANG_MS } from '../setup/hang.js';

/** Unpacks Chromium into the user's cache at the first call: the program, the libraries it needs, and SwiftShader. */
function unpackChromium(): { executable: string; libraries: string } {
  const { content, cacheName } = chromiumArchive('chromium.br');
  const folder = cachedFolder(cacheName, (target) => {
    writeFileSync(join(target, 'chromium'), brotliDecompressSync(content), { mode: 0o755 });
    mkdirSync(join(target, 'lib'));
    unpack('al2023.tar.br', join(target, 'lib'));
    // Chromium searches for SwiftShader beside its executable.
    unpack('swiftshader.tar.br', target);
  });
  return { executable: join(folder, 'chromium'), libraries: join(folder, 'lib') };
}

function unpack(archive: string, folder: string): void {
  for (const { path, mode, content } of readTar(brotliDecompressSync(chromiumArchive(archive).content))) {
    writeFileSync(join(folder, basename(path)), content, { mode: mode & 0o755 });
  }
}

/** Starts headless Chromium with WebGPU on SwiftShader. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const { executable, libraries } = unpackChromium();
  return chromium.launch({
    executablePath: executable,
    headless: true,
    timeout: HANG_MS,
    args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--ignore-gpu-blocklist'],
    env: { ...process.env, LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') },
  });
}
