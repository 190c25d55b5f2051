/** Operations of a framework on its own tensors; networks.mjs tells what each does. */
export interface PeerOperations<Tensor> {
  relu(x: Tensor): Tensor;
  conv(
    x: Tensor,
    w: Tensor,
    options: { readonly stride?: number; readonly dilation?: number; readonly groups?: number },
  ): Tensor;
  batchNorm(x: Tensor, gamma?: Tensor, beta?: Tensor): Tensor;
  averagePool3x3(x: Tensor, stride?: number): Tensor;
  maxPool3x3(x: Tensor, stride?: number): Tensor;
  halve(x: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  concat(values: readonly Tensor[]): Tensor;
  withoutFirst(x: Tensor): Tensor;
  meanOfPixels(x: Tensor): Tensor;
  linear(x: Tensor, w: Tensor, b: Tensor): Tensor;
  mixture(alphas: Tensor): Tensor;
  weighted(terms: readonly (readonly [number, number, Tensor])[], mixture: Tensor): Tensor;
}

export function logitsOf<Tensor>(
  ops: PeerOperations<Tensor>,
  workload: {
    readonly network: string;
    readonly channels: number;
    readonly cells: number;
    readonly architecture?: string;
  },
  weights: Readonly<Record<string, Tensor>>,
  alphas: Readonly<Record<string, Tensor>>,
  x: Tensor,
): Tensor;
