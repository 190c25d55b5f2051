import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { HANG_MS } from '../setup/hang.js';
import { launchChromium } from './chromium.js';

declare global {
  interface Window {
    /** What an entry computes, set by it when it is loaded; has to be JSON. */
    result: Promise<unknown>;
  }
}

const PAGE = `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<script type="module" src="/entry.js"></script>`;

/**
 * Bundles a TypeScript module, loads it in a page of the bundled Chromium, and returns what its `window.result` resolves
 * to. The module sets it while it is evaluated, before any await. `entry` is a path relative to this folder. Rejects when the page throws, crashes or logs an error.
 */
export async function runInBrowser(entry: string): Promise<unknown> {
  const server = await serve(await bundle(fileURLToPath(new URL(entry, import.meta.url))));
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('crash', () => errors.push('the page crashed'));
      page.setDefaultTimeout(HANG_MS);
      // 127.0.0.1 counts as a secure context, without which there is no WebGPU.
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const result = await page
        .evaluate(() => window.result)
        .catch((cause) => {
          throw new Error([`${entry} failed in the browser: ${cause.message}`, ...errors].join('\n'), { cause });
        });
      if (errors.length > 0) throw new Error(`${entry} logged errors in the browser:\n${errors.join('\n')}`);
      if (result === undefined) throw new Error(`${entry} left no window.result, or it resolved to undefined`);
      return result;
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
  }
}

/** The entry and all it imports as one module. */
async function bundle(entry: string): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry, formats: ['es'], fileName: 'entry' },
    },
  })) as Rolldown.RolldownOutput[];
  return output[0].output[0].code;
}

function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/entry.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : PAGE);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
