import { describe, expect, it } from 'vitest';
import { graphviz } from '../../../runner/report/graphviz.js';
import { pictureOf } from '../../../runner/report/picture.js';

const DARTS_V2 =
  "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])";

describe('the picture of an architecture', () => {
  it('has both cells of a genotype: an edge for every operation and one from every node of the output', async () => {
    const picture = pictureOf('darts', DARTS_V2)!;
    expect(picture.text).toBe(
      'normal: 5 × sep conv 3×3, 2 × skip, 1 × dil conv 3×3; reduction: 5 × max pool 3×3, 3 × skip',
    );
    expect(picture.warnings).toEqual([]);
    expect(picture.dot.match(/->/g)).toHaveLength(16 + 8);
    expect(picture.dot).toContain('"normal 2" -> "normal 5" [label="dil conv 3×3", class="conv1"];');
    const svg = (await graphviz())(picture.dot);
    expect(svg.match(/class="edge/g)).toHaveLength(24);
    expect(svg).not.toContain('id=');
  });

  it('warns of a normal cell without convolutions, and of cells of NAS-Bench-201 that learn nothing or are disconnected', () => {
    const skips = DARTS_V2.replaceAll(/(sep|dil)_conv_3x3/g, 'skip_connect');
    expect(pictureOf('darts', skips)?.warnings).toEqual([expect.stringContaining('no convolution in the normal cell')]);
    expect(pictureOf('nasbench201', '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|')?.warnings).toHaveLength(2);
  });

  it('is omitted for other spaces and for text that is not an architecture', () => {
    expect(pictureOf('somewhere', DARTS_V2)).toBeNull();
    expect(pictureOf('darts', 'nothing')).toBeNull();
    expect(pictureOf('nasbench201', 'nothing')).toBeNull();
  });
});
