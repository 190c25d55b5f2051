import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Random } from '../../../../src/engine/random/random.js';
import {
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeCell,
  genotypeCell,
} from '../../../../src/nas/spaces/darts/genotype.js';
import { darts } from '../../../../src/nas/spaces/darts/space.js';

export const DARTS_V2 =
  "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), " +
  "('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), " +
  "('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), " +
  "('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])";

/** A member of the DARTS space. */
export const members: fc.Arbitrary<Genotype> = fc
  .integer({ min: 0, max: 2 ** 31 })
  .map((seed) => darts.random(new Random(seed, 'genotype')));

/** Any cell of one to six nodes with up to four edges each. */
const cells: fc.Arbitrary<GenotypeCell> = fc.integer({ min: 1, max: 6 }).chain((nodes) =>
  fc
    .tuple(
      fc.tuple(
        ...Array.from({ length: nodes }, (_, i) =>
          fc.array(
            fc.record({
              operation: fc.constantFrom(...GENOTYPE_OPERATIONS),
              from: fc.integer({ min: 0, max: i + 1 }),
              to: fc.constant(i + 2),
            }),
            { maxLength: 4 },
          ),
        ),
      ),
      fc.uniqueArray(fc.integer({ min: 2, max: nodes + 1 }), { minLength: 1 }),
    )
    .map(([edges, concat]) => genotypeCell(edges.flat(), concat)),
);

export const genotypes: fc.Arbitrary<Genotype> = fc.record({ normal: cells, reduction: cells });

const tables = process.env.NASTRANSFER_TABLES ?? '../shared/data/tables';

/** A file of known genotypes, or undefined with a printed reason. */
function read(file: string, what: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.warn(`Skipped: ${what}, for ${file} is missing. Set NASTRANSFER_TABLES to the folder of tables beside it.`);
    return undefined;
  }
}

interface Counts {
  readonly C: number;
  readonly layers: number;
  readonly classes: number;
  readonly params: number;
  readonly macs: number;
}

/** Fields of a genotype as JSON, and its counts by network. */
interface Known {
  readonly normal: unknown;
  readonly normal_concat: unknown;
  readonly reduce: unknown;
  readonly reduce_concat: unknown;
  readonly computed: Readonly<Record<string, Counts>>;
}

export const textOf = ({ normal, normal_concat, reduce, reduce_concat }: Known): string =>
  JSON.stringify({ normal, normal_concat, reduce, reduce_concat });

export interface KnownGenotypes {
  readonly genotypes: Readonly<Record<string, Known>>;
  readonly nao_sequences: Readonly<Record<string, { readonly arch: string }>>;
}

export const GENOTYPES_FILE = join(dirname(tables), 'genotypes.json');

export function knownGenotypes(what: string): KnownGenotypes | undefined {
  const bytes = read(GENOTYPES_FILE, what);
  return bytes && JSON.parse(bytes.toString('utf8'));
}

/** Texts of NASLib with their number of parameters in millions. */
export function nasbench301(what: string): [string, { readonly params: number }][] | undefined {
  const bytes = read(join(tables, 'nasbench301_zerocost_500.json.gz'), what);
  return bytes && Object.entries(JSON.parse(gunzipSync(bytes).toString('utf8')).nasbench301.cifar10);
}
