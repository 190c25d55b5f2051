import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTar } from '../../../src/engine/device/node/tar.js';

const folder = mkdtempSync(join(tmpdir(), 'nastransfer-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const longName = `${'long'.repeat(20)}/${'name'.repeat(20)}.bin`;
const contents: Record<string, Buffer> = {
  'empty.txt': Buffer.alloc(0),
  'sub/one.txt': Buffer.from('one'),
  'sub/block.bin': Buffer.alloc(512, 7),
  [longName]: Buffer.alloc(1300, 1),
};
for (const [name, content] of Object.entries(contents)) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content, { mode: 0o640 });
}
const made = spawnSync('tar', ['--format=ustar', '-cf', '-', ...Object.keys(contents)], { cwd: folder });
const archive = made.stdout;
const hasTar = made.status === 0;
if (!hasTar) console.warn('skipped: readTar against the tar command; to run it, install tar');

describe.skipIf(!hasTar)('readTar (against the tar command, where it is installed)', () => {
  test('gives every file with its content and mode', () => {
    const files = readTar(archive);
    expect(Object.fromEntries(files.map(({ path, content }) => [path, content]))).toEqual(contents);
    expect(files.map(({ mode }) => mode)).toEqual(files.map(() => 0o640));
  });

  test('names the byte of a damaged header', () => {
    const damaged = Buffer.from(archive);
    damaged[512] ^= 1;
    expect(() => readTar(damaged)).toThrow('damaged header at byte 512');
  });

  test('refuses an archive cut off in a file or before its end mark', () => {
    const blockFile = archive.indexOf('sub/block.bin');
    expect(() => readTar(archive.subarray(0, blockFile + 600))).toThrow(/ends at byte \d+, wanted/);
    expect(() => readTar(archive.subarray(0, blockFile))).toThrow('no end-of-archive marker');
  });
});
