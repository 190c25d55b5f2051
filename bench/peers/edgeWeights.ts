import { EDGES as DARTS_EDGES } from '../../src/nas/spaces/darts/relaxedCell.js';
import { EDGES as NASBENCH201_EDGES } from '../../src/nas/spaces/nasbench201/cell.js';
import type { PlainTensor, Tensors } from '../harness/prepared.js';
import type { StepWorkload } from '../steps/workloads.js';

const STACKED = /^weights\/(.*cell \d+)\/node (\d+)\/(.*)$/;
const COPY = /\/copy (\d+)\//;

/** Source and target of the edges of a supernet's cell. */
const edgesOf: Partial<Record<StepWorkload['network'], readonly (readonly number[])[]>> = {
  dartsSupernet: DARTS_EDGES,
  nasbench201Supernet: NASBENCH201_EDGES,
};

/**
 * Weights of the engine's supernets with one tensor an edge, as other frameworks compute them. The engine stacks all edges that
 * leave a node: `cell 0/node 1/sep_conv_3x3/second/depthwise/weight` holds the channels of each edge in turn in its last
 * dimension, the first depthwise convolution of DARTS ([k, k, edges, C]) in its last two.
 */
export function weightsByEdge(network: StepWorkload['network'], tensors: Tensors): Tensors {
  const all = edgesOf[network];
  if (!all) return tensors;
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]): [string, PlainTensor][] => {
      const [, cell, node, part] = STACKED.exec(name) ?? [];
      if (part === undefined) return [[name, tensor]];
      const edges = all.flatMap(([source], edge) => (source === Number(node) ? [edge] : []));
      const edgeName = (edge: number, rest: string) => `weights/${cell}/edge ${edge}/${rest}`;
      const copy = COPY.exec(part);
      if (copy) return [[edgeName(edges[Number(copy[1])], part.replace(COPY, '/')), tensor]];
      return edges.map((edge, index) => [edgeName(edge, part), shareOf(tensor, part, index, edges.length)]);
    }),
  );
}

/** One of equal shares of the last dimension; of the last two, taken as one, for depthwise weights. */
function shareOf({ shape, data }: PlainTensor, part: string, index: number, shares: number): PlainTensor {
  const [rows, columns, inputs, outputs] = shape;
  const depthwise = part.includes('depthwise');
  const width = depthwise ? inputs * outputs : outputs;
  const share = width / shares;
  const lines = data.length / width;
  const result = new Float32Array(lines * share);
  for (let line = 0; line < lines; line++)
    result.set(data.subarray(line * width + index * share, line * width + (index + 1) * share), line * share);
  return { shape: [rows, columns, depthwise ? 1 : inputs, share], data: result };
}
