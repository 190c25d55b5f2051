import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { kendallTauB } from '../../../src/nas/math/kendall.js';
import { spearman } from '../../../src/nas/math/spearman.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { ColumnTable } from '../../../src/nas/tables/columnTable.js';
import { NASBENCH201_TABLE } from '../../../src/nas/tables/nasbench201.js';
import { bestRow } from '../../../src/nas/tables/references.js';
import type { Measurement } from '../../../src/nas/tables/table.js';

const folder = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const files = ['nasbench201', 'nasbench201_latency_devices'].map((name) => join(folder, `${name}.csv.gz`));
const there = files.every((file) => existsSync(file));
if (!there)
  console.warn(
    `Skipped: known values of NAS-Bench-201 are not checked, for ${files.join(' or ')} is missing. ` +
      'Set NASTRANSFER_TABLES to the folder that holds them.',
  );

const SETS = ['cifar10', 'cifar100', 'ImageNet16-120'];
const test = (set: string): Measurement => ({ set, split: 'test', epochs: 200, seed: 'mean' });
const validation = (set: string): Measurement => ({ ...test(set), split: 'validation' });
const short = (one: Measurement): Measurement => ({ ...one, epochs: 12, seed: 'one' });

describe('the header of NAS-Bench-201', () => {
  it('states the source of every column that it names', () => {
    const { measurements, costs, latencyFile, provenance } = NASBENCH201_TABLE;
    const named = [...measurements, ...costs, ...latencyFile!.latencies].map(({ column }) => column);
    expect(provenance.flatMap(({ columns }) => columns).sort()).toEqual(named.sort());
    expect(new Set(named).size).toBe(36 + 27);
  });

  it('has no measurement twice', () => {
    const texts = NASBENCH201_TABLE.measurements.map(({ column: _, ...one }) => JSON.stringify(one));
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe.skipIf(!there)('the table of NAS-Bench-201', () => {
  const space = spaceByName('nasbench201');
  let table: ColumnTable;
  beforeAll(() => {
    const [rows, latencies] = files.map((file) => () => [gunzipSync(readFileSync(file))]);
    table = new ColumnTable(NASBENCH201_TABLE, { rows, latencies });
  });
  const at = (index: number, one: (set: string) => Measurement) => SETS.map((set) => table.accuracies(one(set))[index]);

  it('has all cells of the space', () => {
    expect(table.size).toBe(space.size);
    const missing = [...space.enumerate()].filter((cell) => !table.has(space.format(cell)));
    expect(missing).toEqual([]);
  });

  it('takes less than four times the memory of its files', async () => {
    const [rows, latencies] = files.map((file) => statSync(file).size);
    const alone = new ColumnTable(NASBENCH201_TABLE, { rows: () => [gunzipSync(readFileSync(files[0]))] });
    await alone.load();
    expect(alone.byteLength).toBeLessThan(4 * rows);
    await table.load();
    expect(table.byteLength).toBeLessThan(4 * (rows + latencies));
    expect(table.byteLength).toBeGreaterThan(alone.byteLength);
  });

  it('reproduces every cell of its file exactly', () => {
    for (const [i, columns] of [
      [0, [...NASBENCH201_TABLE.measurements, ...NASBENCH201_TABLE.costs]],
      [1, NASBENCH201_TABLE.latencyFile!.latencies],
    ] as const) {
      const [heading, ...lines] = gunzipSync(readFileSync(files[i])).toString('utf8').trim().split('\n');
      const cells = lines.map((line) => line.split(','));
      for (const column of columns) {
        const place = heading.split(',').indexOf(column.column);
        const wanted = Float64Array.from(cells, (row) => (row[place] === '' ? Number.NaN : Number(row[place])));
        const got =
          'epochs' in column
            ? table.accuracies(column)
            : 'name' in column
              ? table.costColumn(column)
              : table.latencies(column.device);
        expect(Buffer.from(got.buffer).equals(Buffer.from(wanted.buffer)), column.column).toBe(true);
      }
    }
  });

  it.each([
    ['test', test, [6111, 9930, 857], [94.3733, 73.5133, 47.3111]],
    ['validation', validation, [6111, 9930, 10676], [91.6067, 73.4933, 46.7333]],
  ] as const)('has the known optima by %s accuracy', (_, one, indices, accuracies) => {
    const best = SETS.map((set) => bestRow(table.accuracies(one(set))));
    expect(best).toEqual(indices);
    expect(SETS.map((set, i) => table.accuracies(one(set))[best[i]])).toEqual(accuracies);
  });

  it('has the known optima of short training', () => {
    const [byValidation, byTest] = [validation('cifar10'), test('cifar10')].map(short);
    expect(bestRow(table.accuracies(byValidation))).toBe(13714);
    expect(table.accuracies(byValidation)[13714]).toBe(84.892);
    expect(bestRow(table.accuracies(byTest))).toBe(5374);
    expect(table.accuracies(byTest)[5374]).toBe(89.16);
  });

  it('has the known test accuracies of the rows that are best by validation', () => {
    expect(at(6111, test)).toEqual([94.3733, 73.22, 46.7111]);
    expect(at(9930, test)).toEqual([94.3633, 73.5133, 46.3444]);
    expect(at(10676, test)).toEqual([94.125, 72.46, 46.2]);
  });

  it.each([
    [
      'ResNet',
      11472,
      '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|',
      [93.91, 70.89, 44.2333],
      [93.97, 70.86, 43.6333],
    ],
    [
      'all-skip',
      1835,
      '|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|',
      [54.2967, 15.6067, 16.3222],
      [62.55, 15.48, 16.4],
    ],
    ['all-none', 1651, '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|', [10, 1, 0.8333], undefined],
    [
      'all-3x3',
      1462,
      '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|',
      [93.76, 71.1067, 41.4444],
      undefined,
    ],
  ])('has the known values of the %s cell', (_, index, architecture, means, seed) => {
    expect(table.indexOf(architecture)).toBe(index);
    expect(table.architecture(index)).toBe(architecture);
    expect(at(index, test)).toEqual(means);
    if (seed) expect(at(index, (set) => ({ ...test(set), seed: 'one' }))).toEqual(seed);
  });

  it('has the parameters and operations that the space counts, in every row', () => {
    const wrong: string[] = [];
    const columns = SETS.map((set) => ['parameters', 'mflops'].map((name) => table.costColumn({ name, set })));
    for (let index = 0; index < table.size; index++) {
      const cell = space.parse(table.architecture(index));
      SETS.forEach((set, i) => {
        const { parameters, mflops } = space.count(cell, NASBENCH201_TABLE.settings[set]);
        if (columns[i][0][index] !== parameters || columns[i][1][index] !== mflops) wrong.push(`${index} ${set}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  /** Spearman over the rows that have both. */
  const correlation = (x: Float64Array, y: Float64Array, measure = spearman) => {
    const rows = Array.from(x.keys()).filter((row) => !Number.isNaN(x[row]) && !Number.isNaN(y[row]));
    return measure(
      rows.map((row) => x[row]),
      rows.map((row) => y[row]),
    )!;
  };

  it('ranks its rows by other columns with the known correlations', () => {
    const cost = (name: string) => (set: string) => table.costColumn({ name, set });
    const facts: readonly (readonly [column: (set: string) => Float64Array, wanted: string])[] = [
      [(set) => table.accuracies(validation(set)), '0.984 0.993 0.994'],
      [(set) => table.accuracies(short(validation(set))), '0.772 0.825 0.818'],
      [(set) => table.accuracies(short(test(set))), '0.871 0.824 0.809'],
      [cost('score:naswot'), '0.783 0.799 0.774'],
      [cost('score:monet'), '0.772 0.758 0.663'],
      [cost('parameters'), '0.753 0.728 0.692'],
      [cost('mflops'), '0.732 0.707 0.673'],
      [cost('latency'), '0.684 0.685 0.608'],
      [cost('score:nasi'), '0.522 0.509'],
      [cost('score:zen'), '0.386 0.361 0.399'],
    ];
    const got = facts.map(([column, wanted]) => {
      const sets = SETS.slice(0, wanted.split(' ').length);
      return sets.map((set) => correlation(column(set), table.accuracies(test(set))).toFixed(3)).join(' ');
    });
    expect(got).toEqual(facts.map(([, wanted]) => wanted));
  });

  it('ranks its rows on one set similarly to another', () => {
    const [c10, c100, in16] = SETS.map((set) => table.accuracies(test(set)));
    const got = [correlation(c10, c100), correlation(c10, in16), correlation(c100, in16)];
    expect(got.map((value) => value.toFixed(3))).toEqual(['0.980', '0.959', '0.964']);
    const tau = correlation(c10, c100, (x, y) => kendallTauB([...(x as number[])], [...(y as number[])]));
    expect(tau).toBeGreaterThan(0.8);
    expect(tau).toBeLessThan(got[0]);
  });

  it('has the latencies of 27 devices', () => {
    expect(table.devices).toHaveLength(27);
    expect(['1080ti_1', 'eyeriss', 'fpga', 'titanxp_32'].map((device) => table.latencies(device)[0])).toEqual([
      10.75, 3.646, 2.573, 7.385,
    ]);
    expect(Math.min(...table.latencies('pixel3')).toFixed(3)).toBe('0.003');
    expect(Math.min(...table.latencies('raspi4')).toFixed(3)).toBe('0.011');
    for (const device of ['pixel2', 'essential_ph_1', 'samsung_a50', 'samsung_s7'])
      expect(table.latencies(device).every(Number.isInteger), device).toBe(true);
  });

  it('states what to do if the file of latencies is missing', () => {
    const alone = new ColumnTable(NASBENCH201_TABLE, { rows: () => [gunzipSync(readFileSync(files[0]))] });
    expect(alone.devices).toEqual([]);
    expect(() => alone.latencies('fpga')).toThrow('put nasbench201_latency_devices.csv.gz beside the table');
  });

  it('estimates the published seconds of an epoch within the residuals that it states', () => {
    // Index, images of the training and seconds, as published.
    const published = [
      [0, 25000, 7.221],
      [1, 25000, 10.848],
      [284, 50000, 9.75],
      [6111, 50000, 28.797],
    ] as const;
    const residuals = published.map(([index, images, seconds]) => {
      const epoch = table.trainingSeconds(index, 'cifar10', 2) - table.trainingSeconds(index, 'cifar10', 1);
      return Math.round(100 * ((epoch * images) / 25000 / seconds - 1));
    });
    expect(residuals).toEqual([16, -6, 52, -12]);
    const whole = SETS.map((set) => table.trainingSeconds(6111, set, 12));
    expect(whole[1] / whole[0]).toBeGreaterThan(1);
    expect(whole[2]).toBeGreaterThan(whole[1]);
  });
});
