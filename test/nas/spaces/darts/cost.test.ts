import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countGenotype } from '../../../../src/nas/spaces/darts/cost.js';
import type { Genotype } from '../../../../src/nas/spaces/darts/genotype.js';
import { cellOf } from './genotypes.js';

const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';
const cifar = { channels: 36, cells: 20, classes: 10, size: 32, imageChannels: 3 };
const imagenet = { channels: 48, cells: 14, classes: 1000, size: 224, imageChannels: 3, imagenet: true };

type Pairs = readonly (readonly [string, number])[];

interface Published {
  readonly normal: Pairs;
  readonly normal_concat: readonly number[];
  readonly reduce: Pairs;
  readonly reduce_concat: readonly number[];
}

function genotypeOf({ normal, normal_concat, reduce, reduce_concat }: Published): Genotype {
  return { normal: cellOf(normal, normal_concat), reduction: cellOf(reduce, reduce_concat) };
}

function readFile(name: string, what: string): Buffer | undefined {
  const file = join(tables, name);
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.warn(`Skipped: ${what}, for ${file} is missing. Set NASTRANSFER_TABLES to the folder of tables beside it.`);
    return undefined;
  }
}

/** Second-order DARTS (Liu et al. 2019, figures 4 and 5). */
const dartsV2 = genotypeOf({
  normal: [
    ['sep_conv_3x3', 0],
    ['sep_conv_3x3', 1],
    ['sep_conv_3x3', 0],
    ['sep_conv_3x3', 1],
    ['sep_conv_3x3', 1],
    ['skip_connect', 0],
    ['skip_connect', 0],
    ['dil_conv_3x3', 2],
  ],
  normal_concat: [2, 3, 4, 5],
  reduce: [
    ['max_pool_3x3', 0],
    ['max_pool_3x3', 1],
    ['skip_connect', 2],
    ['max_pool_3x3', 1],
    ['max_pool_3x3', 0],
    ['skip_connect', 2],
    ['skip_connect', 2],
    ['max_pool_3x3', 1],
  ],
  reduce_concat: [2, 3, 4, 5],
});

describe('the cost of a genotype’s network', () => {
  it('equals that of second-order DARTS exactly, as its training logs it: 3.349342 M parameters', () => {
    expect(countGenotype(dartsV2, cifar)).toEqual({
      parameters: 3349342,
      multiplyAdds: 528359040,
      mflops: 528.35904,
    });
    expect(countGenotype(dartsV2, imagenet)).toMatchObject({ parameters: 4718752, multiplyAdds: 529911552 });
  });

  it('counts the auxiliary classifier if requested', () => {
    const { parameters } = countGenotype(dartsV2, cifar, { auxiliary: true });
    const inputs = 4 * 4 * 36;
    expect(parameters - 3349342).toBe(inputs * 128 + 2 * 128 + 4 * 128 * 768 + 2 * 768 + 769 * 10);
  });

  it('refuses settings that define no network', () => {
    expect(() => countGenotype(dartsV2, { ...cifar, size: 30 })).toThrow('size is 30, wanted a multiple of 4');
    expect(() => countGenotype(dartsV2, { ...imagenet, size: 200 })).toThrow('wanted a multiple of 32');
    expect(() => countGenotype(dartsV2, { ...cifar, size: 28 }, { auxiliary: true })).toThrow('edge of 7 pixels');
  });

  const known = readFile('../genotypes.json', 'the counts of nine published genotypes are not checked');
  it.skipIf(!known)('agrees with independent counts of nine published genotypes, for CIFAR-10 and for ImageNet', () => {
    interface Count {
      readonly params: number;
      readonly macs: number;
    }
    const { genotypes } = JSON.parse(known!.toString('utf8')) as {
      genotypes: Record<string, Published & { computed: { cifar: Count; imagenet: Count } }>;
    };
    const counts = Object.entries(genotypes).map(([name, published]) => {
      const genotype = genotypeOf(published);
      const { computed } = published;
      const [small, large] = [countGenotype(genotype, cifar), countGenotype(genotype, imagenet)];
      return {
        got: [name, small.parameters, small.multiplyAdds, large.parameters, large.multiplyAdds],
        wanted: [name, computed.cifar.params, computed.cifar.macs, computed.imagenet.params, computed.imagenet.macs],
      };
    });
    expect(counts).toHaveLength(9);
    for (const { got, wanted } of counts) expect(got).toEqual(wanted);
  });

  const measured = readFile(
    'nasbench301_zerocost_500.json.gz',
    'the counts of 500 NAS-Bench-301 cells are not checked',
  );
  it.skipIf(!measured)('agrees with NAS-Bench-301 for 500 genotypes, whose cells have no affine batch norm', () => {
    const operations = [
      'max_pool_3x3',
      'avg_pool_3x3',
      'skip_connect',
      'sep_conv_3x3',
      'sep_conv_5x5',
      'dil_conv_3x3',
      'dil_conv_5x5',
    ];
    const table = JSON.parse(gunzipSync(measured!).toString('utf8')).nasbench301.cifar10 as Record<
      string,
      { params: number }
    >;
    const settings = { channels: 32, cells: 8, classes: 10, size: 32, imageChannels: 3 };
    const wrong = Object.entries(table).filter(([key, { params }]) => {
      const cells = JSON.parse(key.replaceAll('(', '[').replaceAll(')', ']')) as [number, number][][];
      const [normal, reduction] = cells.map((pairs) =>
        cellOf(
          pairs.map(([from, operation]) => [operations[operation], from]),
          [2, 3, 4, 5],
        ),
      );
      const { parameters } = countGenotype({ normal, reduction }, settings, { affine: false });
      return parameters !== Math.round(params * 1e6);
    });
    expect(Object.keys(table)).toHaveLength(500);
    expect(wrong).toEqual([]);
  });
});
