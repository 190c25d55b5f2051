import { describe, expect, it } from 'vitest';
import { drawGenotype } from '../../../../src/nas/spaces/darts/drawing.js';
import { formatFlat } from '../../../../src/nas/spaces/darts/flatFormat.js';
import { parseGenotype } from '../../../../src/nas/spaces/darts/formats.js';
import type { Genotype } from '../../../../src/nas/spaces/darts/genotype.js';
import { parseSequence } from '../../../../src/nas/spaces/darts/import.js';
import { drawingDot } from '../../../../src/nas/spaces/shared/dot.js';
import { knownGenotypes } from './support.js';

// The cells that the script of ENAS trains.
const ENAS = '0 2 0 0 0 4 0 1 0 4 1 1 1 0 0 1 0 2 1 1 1 0 1 0 0 3 0 2 1 1 3 1 1 0 0 4 0 3 1 1';

describe('sequences of ENAS and NAO', () => {
  it('name input and operation alternately, and the unused nodes form the output', () => {
    const { normal, reduction } = parseSequence(ENAS);
    expect(normal.edges.slice(0, 4)).toEqual([
      { operation: 'avg_pool_3x3', from: 0, to: 2 },
      { operation: 'sep_conv_3x3', from: 0, to: 2 },
      { operation: 'skip_connect', from: 0, to: 3 },
      { operation: 'sep_conv_5x5', from: 0, to: 3 },
    ]);
    expect(normal.concat).toEqual([2, 3, 4, 5, 6]);
    expect(reduction.concat).toEqual([2, 4, 5, 6]);
    expect(parseGenotype(formatFlat({ normal, reduction }))).toEqual({ normal, reduction });
  });

  const known = knownGenotypes('the published sequences of NAO are not read');
  it.skipIf(!known)('of NAONet are parsed if the operations exist, and otherwise all missing ones are named', () => {
    const { NAONet_A, NAONet_B_WS, NAONet_V2 } = known!.nao_sequences;
    for (const { arch } of [NAONet_B_WS, NAONet_V2]) expect(parseSequence(arch).normal.edges).toHaveLength(10);
    expect(() => parseSequence(NAONet_A.arch)).toThrow(
      'networks here lack the operations avg_pool_2x2, avg_pool_5x5, conv_1x1, conv_1x3_bn_3x1, conv_1x7_bn_7x1, ' +
        'conv_3x3, max_pool_2x2',
    );
  });

  it.each([
    ['0 1 2', 'got 3 numbers, wanted four for each node of two equal cells'],
    ['0 1 2 0 0 1 1 0', 'number 2: got "2", wanted an input of node 2: 0 to 1'],
    ['0 1 1 16 0 1 1 0', 'number 3: got "16", wanted an operation: 0 to 15'],
    ['0 1 1 x 0 1 1 0', 'number 3: got "x"'],
    ['0 1 1 0 0 1 0 0', 'reduction cell: no node takes input 1, wanted both inputs taken'],
  ])('%j is refused', (text, message) => {
    expect(() => parseSequence(text)).toThrow(message);
  });
});

describe('the drawing of a genotype', () => {
  const dotOf = (genotype: Genotype) => drawingDot(drawGenotype(genotype), 'file');

  it('has every edge with its operation, the inputs, the nodes from 0 on, and the output', () => {
    const dot = dotOf(
      parseGenotype(
        "Genotype(normal=[('sep_conv_3x3', 0), ('skip_connect', 1)], normal_concat=[2], " +
          "reduce=[('max_pool_3x3', 3, 0)], reduce_concat=[3])",
      ),
    );
    const lines = dot.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => line.includes('->'))).toEqual([
      '"normal 0" -> "normal 2" [label="sep_conv_3x3"];',
      '"normal 1" -> "normal 2" [label="skip_connect"];',
      '"normal 2" -> "normal output";',
      '"reduction 0" -> "reduction 3" [label="max_pool_3x3"];',
      '"reduction 3" -> "reduction output";',
    ]);
    expect(lines).toContain('"normal 2" [label="0"];');
    expect(lines).toContain('"reduction 1" [label="c_{k-1}", fillcolor="darkseagreen2"];');
    expect(lines).toContain('"reduction output" [label="c_{k}", fillcolor="palegoldenrod"];');
  });

  it('is accepted by Graphviz', async () => {
    const { instance } = await import('@viz-js/viz');
    const viz = await instance();
    const svg = viz.renderString(dotOf(parseSequence(ENAS)), { format: 'svg' });
    expect(svg.match(/class="edge"/g)).toHaveLength(20 + 5 + 4);
  });
});
