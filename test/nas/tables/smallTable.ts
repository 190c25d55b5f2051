import { ColumnTable } from '../../../src/nas/tables/columnTable.js';
import { parseTableHeader, type TableHeader } from '../../../src/nas/tables/format.js';

export const none = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
export const skips = '|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|';
export const pools = '|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~2|';

/** A header of three rows. */
export const smallHeader = {
  format: 1,
  name: 'small',
  space: 'nasbench201',
  rows: 3,
  licence: 'CC0',
  measurements: [
    { column: 'val', set: 'digits', split: 'validation', epochs: 2, seed: 'one' },
    { column: 'val4', set: 'digits', split: 'validation', epochs: 4, seed: 'mean' },
    { column: 'test', set: 'digits', split: 'test', epochs: 4, seed: 'mean' },
  ],
  costs: [
    { column: 'params', name: 'parameters', set: 'digits' },
    { column: 'ms', name: 'latency', set: 'digits' },
    { column: 'score', name: 'score:some', set: 'digits' },
  ],
  latencies: [{ column: 'clock', device: 'clock' }],
  seconds: [{ column: 'seconds4', set: 'digits', epochs: 4 }],
  timeModel: {
    cost: 'latency',
    training: 0.5,
    validation: 0.25,
    images: { digits: { training: 10, validation: 4 } },
    source: 'made up',
  },
};

export const smallRows = `index,arch,val,val4,test,params,ms,score,clock,seconds4
0,${none},10,10.5,9.99,73306,2,,7.5,100
1,${skips},50.25,,61,73306,3,1e-7,8,200.5
2,${pools},50.5,60,62.0001,73306,4,-3.25,9,
`;

/** The table whose rows are this text, in chunks of some bytes. */
export function tableOf(rows: string, header: TableHeader = parseTableHeader(smallHeader, 'small'), piece = 7) {
  const bytes = new TextEncoder().encode(rows);
  return new ColumnTable(header, {
    *rows() {
      for (let start = 0; start < bytes.length; start += piece) yield bytes.subarray(start, start + piece);
    },
  });
}
