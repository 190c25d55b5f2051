import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './support.js';

const RESNET = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';
// Second-order DARTS.
const pairs = (text: string) => text.split(' ').map((pair) => [pair.slice(0, -2), Number(pair.at(-1))]);
const dartsV2 = {
  normal: pairs(
    'sep_conv_3x3:0 sep_conv_3x3:1 sep_conv_3x3:0 sep_conv_3x3:1 sep_conv_3x3:1 skip_connect:0 skip_connect:0 dil_conv_3x3:2',
  ),
  normal_concat: [2, 3, 4, 5],
  reduce: pairs(
    'max_pool_3x3:0 max_pool_3x3:1 skip_connect:2 max_pool_3x3:1 max_pool_3x3:0 skip_connect:2 skip_connect:2 max_pool_3x3:1',
  ),
  reduce_concat: [2, 3, 4, 5],
};

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-genotypes-'));
  file = join(folder, 'genotypes.json');
  const content = {
    format: 'what stands here',
    genotypes: { DARTS_V2: { ...dartsV2, published: {} }, text: 'Genotype(' },
    nao_sequences: { note: 'five nodes', small: { arch: '0 0 1 1 0 0 1 4' }, large: { arch: '0 7 1 15 0 7 1 8' } },
  };
  writeFileSync(file, JSON.stringify(content));
  writeFileSync(join(folder, 'plain.json'), JSON.stringify({ mine: dartsV2 }));
  writeFileSync(join(folder, 'none.json'), '[]');
});
afterAll(() => rmSync(folder, { recursive: true }));

const count = async (...args: string[]) => JSON.parse((await runCommand(['count', ...args, '--json'])).out);

describe('count of a genotype', () => {
  it('has the sizes and the counts of the papers, for CIFAR-10 and for ImageNet', async () => {
    const cifar = await count('--genotype-file', file, '--genotype', 'DARTS_V2');
    expect(cifar).toMatchObject({ space: 'darts', channels: 36, cells: 20, classes: 10, size: 32 });
    expect(cifar).toMatchObject({ parameters: 3349342, multiplyAdds: 528359040 });
    const imagenet = await count('--genotype-file', file, '--genotype', 'DARTS_V2', '--imagenet');
    expect(imagenet).toMatchObject({ channels: 48, cells: 14, classes: 1000, size: 224, imagenet: true });
    expect(imagenet).toMatchObject({ parameters: 4718752, multiplyAdds: 529911552 });
  });

  it('is the same by its text, and from a file without the folder of genotypes', async () => {
    const { architecture } = await count('--genotype-file', file, '--genotype', 'DARTS_V2');
    const sizes = ['--channels', '8', '--cells', '5', '--classes', '100'];
    const byText = await count('--space', 'darts', '--architecture', architecture, ...sizes);
    const byName = await count('--genotype-file', join(folder, 'plain.json'), '--genotype', 'mine', ...sizes);
    expect(byText).toEqual(byName);
    expect(byText).toMatchObject({ channels: 8, cells: 5, classes: 100 });
  });

  it('accepts sequences of NAO', async () => {
    const { architecture } = await count('--genotype-file', file, '--genotype', 'small');
    expect(architecture).toBe(
      "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_5x5', 1)], normal_concat=[2], " +
        "reduce=[('sep_conv_3x3', 0), ('skip_connect', 1)], reduce_concat=[2])",
    );
  });

  it.each([
    [
      ['--genotype-file', 'FILE', '--genotype', 'darts2'],
      'no genotype "darts2". Did you mean DARTS_V2? It has: DARTS_V2, text, small, large',
    ],
    [['--genotype-file', 'FILE', '--genotype', 'text'], 'position 9: got the end of the text'],
    [['--genotype-file', 'FILE', '--genotype', 'large'], 'lack the operations avg_pool_5x5, conv_1x3_bn_3x1, conv_3x3'],
    [['--genotype-file', 'FILE'], 'wanted either --architecture, or --genotype-file and --genotype'],
    [['--genotype', 'DARTS_V2'], 'wanted either --architecture, or --genotype-file and --genotype'],
    [['--genotype-file', 'FILE', '--genotype', 'DARTS_V2', '--architecture', RESNET], 'cannot be used with'],
    [['--genotype-file', 'FILE', '--genotype', 'DARTS_V2', '--space', 'nasbench201'], 'wanted --space darts'],
    [['--genotype-file', 'NONE', '--genotype', 'DARTS_V2'], 'no genotype in it'],
    [['--genotype-file', 'MISSING', '--genotype', 'DARTS_V2'], "can't be read"],
    [['--architecture', RESNET, '--imagenet'], '--imagenet: space nasbench201 has no such network'],
  ])('%j ends with exit code 2 and says what is wrong', async (args, message) => {
    const files: Record<string, string> = {
      FILE: file,
      NONE: join(folder, 'none.json'),
      MISSING: join(folder, 'missing.json'),
    };
    const { code, err } = await runCommand(['count', ...args.map((arg) => files[arg] ?? arg)]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

describe('draw', () => {
  it('prints both cells of a genotype in Graphviz’ language', async () => {
    const { code, out } = await runCommand(['draw', '--genotype-file', file, '--genotype', 'DARTS_V2']);
    expect(code).toBe(0);
    expect(out).toMatch(/^digraph genotype \{\n[\s\S]*\n\}$/m);
    expect(out).toContain('"normal 2" -> "normal 5" [label="dil_conv_3x3"];');
    expect(out.match(/->/g)).toHaveLength(2 * (8 + 4));
  });

  it('prints a cell of NAS-Bench-201, and both as JSON', async () => {
    const { out } = await runCommand(['draw', '--architecture', RESNET]);
    expect(out).toMatch(/^digraph cell \{/);
    const json = JSON.parse((await runCommand(['draw', '--architecture', RESNET, '--json'])).out);
    expect(json).toEqual({ space: 'nasbench201', architecture: RESNET, dot: out.trimEnd() });
  });
});
