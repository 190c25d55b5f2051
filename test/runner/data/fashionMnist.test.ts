import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fashionMnistFolder, openFashionMnist } from '../../../runner/data/fashionMnist.js';
import { dataErrorOf, temporaryFolder } from './support.js';

const DEBIAN = '/usr/share/datasets/fashion-mnist';
const debian = (await fashionMnistFolder()) === DEBIAN;
if (!debian) {
  console.warn(
    "Skipping the download of Fashion-MNIST: Debian's package dataset-fashion-mnist is not installed (scripts/installTestData.sh).",
  );
}

/**
 * The official gzip file, of Debian's: the same compressed stream, but with its name and time of creation in the header.
 */
function official(file: string): Buffer {
  const bytes = readFileSync(join(DEBIAN, file));
  const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
  header.writeUInt32LE(file.startsWith('train') ? 1504176606 : 1504176627, 4);
  return Buffer.concat([header, Buffer.from(`${file.slice(0, -3)}\0`, 'latin1'), bytes.subarray(10)]);
}

const nowhere = '/nowhere/fashion-mnist';

describe('the download of Fashion-MNIST', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });

  it.skipIf(!debian)('accepts the official files, caches them and does not download twice', async () => {
    const cache = temporaryFolder();
    vi.stubEnv('XDG_CACHE_HOME', cache);
    const asked: string[] = [];
    const server = createServer((request, response) => response.end(official(request.url!.slice(1))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const realFetch = fetch;
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      asked.push(url);
      return realFetch(`http://127.0.0.1:${port}/${url.split('/').at(-1)}`, init);
    });
    try {
      const set = await openFashionMnist(nowhere);
      expect(set).toMatchObject({ train: { count: 60_000 }, test: { count: 10_000 } });
      expect(asked.length).toBe(4);
      expect(readdirSync(join(cache, 'nastransfer')).sort()).toEqual(['fashion-mnist']);
      expect(readdirSync(join(cache, 'nastransfer', 'fashion-mnist')).length).toBe(4);
      const again = await openFashionMnist(nowhere);
      expect(asked.length).toBe(4);
      expect(Buffer.compare(again.train.pixels, set.train.pixels)).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('refuses other bytes and caches nothing', async () => {
    const cache = temporaryFolder();
    vi.stubEnv('XDG_CACHE_HOME', cache);
    vi.stubGlobal('fetch', async () => new Response('not the file'));
    const error = await dataErrorOf(() => openFashionMnist(nowhere));
    expect(error.message).toMatch(/train-images-idx3-ubyte\.gz: got a download of 12 bytes with SHA-256 [0-9a-f]{64}/);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('states what to install if there is no network', async () => {
    vi.stubEnv('XDG_CACHE_HOME', temporaryFolder());
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed');
    });
    const error = await dataErrorOf(() => openFashionMnist(nowhere));
    expect(error.message).toContain('no download (fetch failed)');
    expect(error.message).toContain("Install Debian's package dataset-fashion-mnist");
  });

  it('reports an HTTP error', async () => {
    vi.stubEnv('XDG_CACHE_HOME', temporaryFolder());
    vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
    expect((await dataErrorOf(() => openFashionMnist(nowhere))).got).toBe('HTTP status 503');
  });
});
