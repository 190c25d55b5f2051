import type { Graph, Value } from '../../src/engine/graph/graph.js';
import { convolutionWeightLayout } from '../../src/engine/ops/conv2dGeometry.js';

/** A convolution of x [N, H, W, C] to K channels; padding keeps the size at stride 1. */
export interface ConvolutionWorkload {
  readonly name: string;
  readonly images: number;
  readonly size: number;
  readonly channels: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
}

/** [M, K] x [K, N]. */
export interface ProductWorkload {
  readonly name: string;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Sizes that searches on small images run at, then those of whole networks and of published comparisons. */
export const convolutions: readonly ConvolutionWorkload[] = [
  dense(32, 16, 8, 8, 3),
  dense(32, 16, 16, 16, 3),
  dense(64, 16, 8, 8, 3),
  dense(32, 8, 16, 16, 3),
  dense(32, 8, 32, 32, 3),
  dense(32, 4, 32, 32, 3),
  dense(64, 16, 3, 16, 3),
  dense(32, 16, 8, 8, 1),
  dense(32, 8, 16, 16, 1),
  dense(32, 4, 32, 32, 1),
  { ...dense(32, 16, 8, 16, 3), name: 'conv3x3s2_n32_c8-16_16', stride: 2 },
  dense(64, 32, 16, 16, 3),
  dense(32, 16, 64, 64, 3),
  dense(64, 16, 64, 64, 1),
  dense(64, 32, 36, 36, 1),
  depthwise(64, 32, 36, 3, 1),
  depthwise(64, 32, 36, 5, 1),
  depthwise(64, 32, 36, 3, 2),
  depthwise(32, 16, 16, 3, 1),
  { ...depthwise(64, 32, 36, 3, 1), name: 'dw3x3s2_n64_c36_32', stride: 2 },
];

export const products: readonly ProductWorkload[] = [
  { name: 'linear_n64_128-10', rows: 64, inner: 128, columns: 10 },
  { name: 'matmul_512', rows: 512, inner: 512, columns: 512 },
];

function dense(images: number, size: number, channels: number, outputs: number, kernel: number): ConvolutionWorkload {
  const width = channels === outputs ? `${channels}` : `${channels}-${outputs}`;
  return { name: `conv${kernel}x${kernel}_n${images}_c${width}_${size}`, images, size, channels, outputs, kernel };
}

function depthwise(images: number, size: number, channels: number, kernel: number, dilation: number) {
  const name = `dw${kernel}x${kernel}${dilation > 1 ? `d${dilation}` : ''}_n${images}_c${channels}_${size}`;
  return { name, images, size, channels, outputs: channels, kernel, dilation, groups: channels };
}

export function convolutionOptions({ kernel, stride = 1, dilation = 1, groups = 1 }: ConvolutionWorkload) {
  return { stride, dilation, groups, padding: (dilation * (kernel - 1)) / 2 };
}

export function weightShape({ kernel, channels, outputs, groups = 1 }: ConvolutionWorkload) {
  return { shape: [kernel, kernel, channels / groups, outputs], layout: convolutionWeightLayout(groups) };
}

/** Keeps values alive in a program that nothing reads. */
export function keep(graph: Graph, values: Readonly<Record<string, Value | undefined>>): void {
  for (const [name, value] of Object.entries(values)) if (value) graph.output(name, value);
}
