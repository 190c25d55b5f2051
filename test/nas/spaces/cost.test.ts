import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { countCell } from '../../../src/nas/spaces/nasbench201/cost.js';

const cifar10 = { channels: 16, cells: 5, classes: 10, size: 32, imageChannels: 3 };
const allNone = parseCell('|none~0|+|none~0|none~1|+|none~0|none~1|none~2|');
const all3x3 = parseCell(
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
);
const resNetCell = parseCell('|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|');

function readTable(): string[] | undefined {
  const file = join(process.env.NASTRANSFER_TABLES ?? '../shared/data/tables', 'nasbench201.csv.gz');
  try {
    return gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.warn(
      `Skipped: the counts of all 15,625 cells are not checked, for ${file} is missing. ` +
        'Set NASTRANSFER_TABLES to the folder that holds nasbench201.csv.gz.',
    );
    return undefined;
  }
}

describe('the cost of a NAS-Bench-201 network', () => {
  it('has the published counts of the smallest and the largest cell and of the ResNet cell', () => {
    expect(countCell(allNone, cifar10)).toEqual({ parameters: 73306, multiplyAdds: 7783040, mflops: 7.943872 });
    expect(countCell(all3x3, cifar10)).toEqual({ parameters: 1531546, multiplyAdds: 220119680, mflops: 222.860992 });
    expect(countCell(resNetCell, cifar10)).toMatchObject({ parameters: 559386, mflops: 79.582912 });
  });

  it('counts a grey one-cell network as a sum computed by hand', () => {
    const cost = countCell(resNetCell, { channels: 4, cells: 1, classes: 3, size: 8, imageChannels: 1 });
    const stem = 9 * 1 * 4 + 8;
    const convolutions = 2 * (9 * 16 + 8) + 2 * (9 * 64 + 16) + 2 * (9 * 256 + 32);
    const firstBlock = 9 * 4 * 8 + 16 + (9 * 8 * 8 + 16) + 4 * 8;
    const secondBlock = 9 * 8 * 16 + 32 + (9 * 16 * 16 + 32) + 8 * 16;
    expect(cost.parameters).toBe(stem + convolutions + firstBlock + secondBlock + 32 + 16 * 3 + 3);
    const multiplyAdds =
      9 * 4 * 64 +
      (2 * 9 * 16 * 64 + 2 * 9 * 64 * 16 + 2 * 9 * 256 * 4) +
      (9 * 32 + 9 * 64 + 32) * 16 +
      (9 * 128 + 9 * 256 + 128) * 4 +
      48;
    expect(cost.multiplyAdds).toBe(multiplyAdds);
  });

  it('refuses settings that define no network', () => {
    expect(() => countCell(allNone, { ...cifar10, size: 30 })).toThrow('size is 30, wanted a multiple of 4');
    expect(() => countCell(allNone, { ...cifar10, cells: 0 })).toThrow('cells is 0, wanted a positive integer');
    expect(() => countCell(allNone, { ...cifar10, channels: 1.5 })).toThrow('channels is 1.5');
  });

  const table = readTable();
  it.skipIf(!table)('agrees with the benchmark for all 15,625 cells on its three image sets', () => {
    const [header, ...rows] = table!;
    const column = new Map(header.split(',').map((name, index) => [name, index]));
    const sets = [
      { suffix: 'c10', classes: 10, size: 32 },
      { suffix: 'c100', classes: 100, size: 32 },
      { suffix: 'in16', classes: 120, size: 16 },
    ];
    const wrong: string[] = [];
    for (const row of rows) {
      const fields = row.split(',');
      const cell = parseCell(fields[column.get('arch')!]);
      for (const { suffix, classes, size } of sets) {
        const cost = countCell(cell, { ...cifar10, classes, size });
        const parameters = Number(fields[column.get(`params_${suffix}`)!]);
        const mflops = Number(fields[column.get(`mflops_${suffix}`)!]);
        if (cost.parameters !== parameters || cost.mflops !== mflops) wrong.push(`${fields[1]} ${suffix}`);
      }
    }
    expect(rows).toHaveLength(15625);
    expect(wrong).toEqual([]);
  });
});
