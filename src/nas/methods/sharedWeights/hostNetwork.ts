/** Weights of one layer, row-major. */
export type Weights = ArrayLike<number>;

/** x weight + bias on the host, in float64; weight is [x.length, outputs]. */
export function hostLinear(x: ArrayLike<number>, weight: Weights, outputs: number, bias?: Weights): Float64Array {
  const y = bias ? Float64Array.from(bias) : new Float64Array(outputs);
  for (let i = 0; i < x.length; i++) {
    const value = x[i];
    if (value === 0) continue;
    for (let j = 0, at = i * outputs; j < outputs; j++, at++) y[j] += value * weight[at];
  }
  return y;
}

/** log softmax of one row. */
export function hostLogSoftmax(logits: Float64Array): Float64Array {
  const top = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return logits.map((logit) => logit - top - total);
}

/** A vector divided by its 2-norm. */
export function hostNormalise(x: Float64Array): Float64Array {
  const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return x.map((value) => value / norm);
}

export interface HostState {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
}

/**
 * One step of `Lstm` on the host, in float64, for one row: sampling or decoding token by token would otherwise wait for the device at
 * each token.
 */
export function hostLstm(x: ArrayLike<number>, state: HostState, weight: Weights, bias: Weights): HostState {
  const units = state.hidden.length;
  const both = new Float64Array(x.length + units);
  both.set(Array.from(x));
  both.set(state.hidden, x.length);
  const gates = hostLinear(both, weight, 4 * units, bias);
  const cell = state.cell.map(
    (value, i) => sigmoid(gates[units + i]) * value + sigmoid(gates[i]) * Math.tanh(gates[2 * units + i]),
  );
  return { hidden: cell.map((value, i) => sigmoid(gates[3 * units + i]) * Math.tanh(value)), cell };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
