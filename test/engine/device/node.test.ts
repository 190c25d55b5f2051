import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cachedFolder } from '../../../src/engine/device/node/cache.js';
import { open } from '../../../src/engine/device/node/index.js';
import { installedDrivers, withDrivers } from '../../../src/engine/device/node/vulkan.js';
import { AdapterError } from '../../../src/engine/errors/errors.js';
import { noBundle } from './bundle.js';
import { double } from './double.js';

const linux = process.platform === 'linux';
if (!linux)
  console.warn(
    'skipped: drivers by their manifest, and the cache folder, as they are on Linux; to run it, run the tests on Linux',
  );

const lavapipe = installedDrivers().some((file) => file.includes('lvp_icd'));
if (noBundle !== undefined) console.warn(`skipped: the bundled SwiftShader: ${noBundle}`);
if (!lavapipe)
  console.warn('skipped: lavapipe beside SwiftShader; to run it, install Mesa >= 24 (scripts/installLavapipe.sh)');
const folder = mkdtempSync(join(tmpdir(), 'nastransfer-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  exitCode: number | null;
  kind?: string;
  doubled?: number[];
  code?: string;
  message?: string;
}

/** Runs openAndDouble.ts with changes to the environment; the exit code is null if it did not exit by itself. */
function run(environment: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('openAndDouble.ts', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      try {
        resolve({ exitCode, ...JSON.parse(output) });
      } catch (error) {
        reject(error);
      }
    });
  });
}

describe('the choice of an adapter', () => {
  test.skipIf(noBundle !== undefined)(
    'takes the bundled SwiftShader by its kind and by a part of its name',
    async () => {
      for (const adapter of ['swiftshader', 'subzero']) {
        const gpu = await open({ adapter });
        expect(gpu.info).toMatchObject({ kind: 'swiftshader', backend: 'vulkan' });
        expect(gpu.memoryLimit).toBeGreaterThan(2 ** 28);
        expect(await double(gpu, [1])).toEqual([2]);
        gpu.dispose();
      }
    },
  );

  test.skipIf(!lavapipe)('has lavapipe and SwiftShader side by side (where lavapipe is installed)', async () => {
    const gpus = await Promise.all(['lavapipe', 'swiftshader', 'llvmpipe'].map((adapter) => open({ adapter })));
    expect(gpus.map((gpu) => gpu.info.kind)).toEqual(['lavapipe', 'swiftshader', 'lavapipe']);
    for (const gpu of gpus) expect(await double(gpu, [1.5])).toEqual([3]);
    for (const gpu of gpus) gpu.dispose();
  });

  test('leaves the environment as it was', async () => {
    const before = { ...process.env };
    (await open()).dispose();
    expect({ ...process.env }).toEqual(before);
  });

  test('that nothing fits names what there is and what was tried', async () => {
    const opening = open({ adapter: 'no such adapter' });
    await expect(opening).rejects.toThrow(AdapterError);
    const there = await open();
    await expect(opening).rejects.toThrow(/Adapters found: '/);
    await expect(opening).rejects.toThrow("no adapter's name contains 'no such adapter'");
    await expect(opening).rejects.toThrow(/hardware, lavapipe, swiftshader/);
    there.dispose();
  });

  test.skipIf(!linux)('says which driver is not accepted', async () => {
    const manifest = join(folder, 'broken_icd.json');
    writeFileSync(manifest, JSON.stringify({ ICD: { library_path: '/nonexistent.so', api_version: '1.3.0' } }));
    await withDrivers([manifest], async () => {
      const opening = open({ adapter: 'hardware' });
      await expect(opening).rejects.toThrow(/hardware: .*it has no adapter/);
      await expect(opening).rejects.toThrow(/Install/);
    });
  });

  test.skipIf(noBundle !== undefined)('is taken from NASTRANSFER_ADAPTER, and the option goes before it', async () => {
    const outcome = await run({ NASTRANSFER_ADAPTER: 'swiftshader' });
    expect(outcome).toEqual({ exitCode: 0, kind: 'swiftshader', doubled: [42] });
    const refused = await run({ NASTRANSFER_ADAPTER: 'no such adapter' });
    expect(refused).toMatchObject({ exitCode: 0, code: 'adapter' });
    expect(refused.message).toContain("no usable adapter for 'no such adapter'");
  });
});

describe('a process', () => {
  test('exits by itself when it has disposed of its device', async () => {
    expect(await run({})).toMatchObject({ exitCode: 0, doubled: [42] });
  });

  test('exits by itself when it forgot to', async () => {
    expect(await run({}, '--keep')).toMatchObject({ exitCode: 0, doubled: [42] });
  });

  test('survives the garbage collection of devices that it disposed of with work pending', async () => {
    expect(await run({}, '--drop')).toMatchObject({ exitCode: 0, doubled: [42] });
  });
});

describe.skipIf(noBundle !== undefined)('the first start', () => {
  const swiftShader = (cache: string) => run({ XDG_CACHE_HOME: cache, NASTRANSFER_ADAPTER: 'swiftshader' });
  const works = { exitCode: 0, kind: 'swiftshader', doubled: [42] };

  test('may be made by several processes at once', async () => {
    const cache = join(folder, 'cache');
    const outcomes = await Promise.all([1, 2, 3].map(() => swiftShader(cache)));
    expect(outcomes).toEqual([works, works, works]);
    const left = readdirSync(join(cache, 'nastransfer'));
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/^swiftshader-\d+\.\d+\.\d+-[0-9a-f]{12}$/);
  });

  test('does without a cache that it cannot make', async () => {
    // A file in the place of the folder hinders root too, which permissions do not.
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    expect(await swiftShader(file)).toEqual(works);
  });
});

describe('cachedFolder', () => {
  let before: string | undefined;
  beforeAll(() => {
    before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = join(folder, 'own');
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  test.skipIf(!linux)('fills a folder once', () => {
    let filled = 0;
    const fill = (target: string) => {
      filled++;
      writeFileSync(join(target, 'file'), 'content');
    };
    const first = cachedFolder('thing', fill);
    expect(first).toBe(join(folder, 'own', 'nastransfer', 'thing'));
    expect(cachedFolder('thing', fill)).toBe(first);
    expect(filled).toBe(1);
    expect(readdirSync(first)).toEqual(['file']);
  });

  test('leaves nothing behind when filling fails', () => {
    const fill = (target: string) => {
      writeFileSync(join(target, 'half'), '');
      throw new Error('the archive is damaged');
    };
    expect(() => cachedFolder('broken', fill)).toThrow('the archive is damaged');
    expect(readdirSync(join(folder, 'own', 'nastransfer')).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  test('yields to whoever was first', () => {
    const target = cachedFolder('race', (temporary) => {
      const winner = temporary.replace(/\.[^.]*$/, '');
      mkdirSync(winner);
      writeFileSync(join(winner, 'winner'), '');
    });
    expect(readdirSync(target)).toEqual(['winner']);
  });
});
