import type { Graph, Value } from '../../../engine/graph/graph.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import { assign } from '../../../engine/ops/copy/accumulate.js';
import { assembleGradients } from '../../../engine/ops/copy/assembleGradients.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { multiply } from '../../../engine/ops/elementwise/multiply.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import { reciprocal } from '../../../engine/ops/elementwise/unary.js';
import { gradientNorm } from '../../../engine/ops/optim/gradientNorm.js';
import { sgdUpdate } from '../../../engine/ops/optim/sgd.js';
import { broadcastScalar } from '../../../engine/ops/reduce/reduce.js';
import type { Sgd } from '../../../engine/optim/sgd.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { SgdSettings } from '../../records/protocol.js';
import type { SplitGradients } from './splitGradients.js';

/** Norm of the step of the finite difference in all weights (Liu et al. 2019, DARTS, footnote 2). */
const DIFFERENCE = 0.01;

export interface UnrolledPasses {
  /** Traces the loss on the training batch at the present weights. */
  train(): Value;
  /** Traces the loss on the validation batch at the present weights. */
  validate(): { loss: Value; logits: Value };
  split(loss: Value, sets: { weights?: VariableSet; parameters?: VariableSet }): SplitGradients;
  readonly parameters: VariableSet;
}

/**
 * Second-order DARTS (Liu et al. 2019, section 2.3, eq. 7 and 8): the gradient of the validation loss at w' = w - xi (mu v + g + d w),
 * the weights after one step of SGD with momentum, minus xi times the product of the mixed second derivatives of the training loss
 * with that loss's gradient by w', by a central difference of two passes at w +- R * gradient, R = 0.01 / |gradient|. xi is the
 * learning rate of the weights. The weights are changed in place and restored.
 */
export class UnrolledStep {
  private readonly kept: VariableSet;
  private readonly velocity: VariableSet;

  constructor(
    private readonly weights: VariableSet,
    private readonly optimizer: Sgd,
    private readonly sgd: SgdSettings,
  ) {
    this.kept = weights.mirror(`${weights.name}/before unrolling`);
    this.velocity = weights.mirror(`${weights.name}/unrolled velocity`);
  }

  allocate(engine: Compiler): void {
    engine.allocate(this.kept);
    engine.allocate(this.velocity);
  }

  release(engine: Compiler): void {
    engine.release(this.kept);
    engine.release(this.velocity);
  }

  gradients(
    graph: Graph,
    { train, validate, split, parameters }: UnrolledPasses,
  ): { gradient: (Value | undefined)[]; loss: Value; logits: Value } {
    const { weights, kept, velocity, optimizer, sgd } = this;
    const flat = (each: readonly (Value | undefined)[]) => assembleGradients(graph, each, weights);
    const set = (to: VariableSet, from: VariableSet) => assign(graph.readSet(to), graph.readSet(from));
    const move = (gradient: Value, rate: Value, { momentum = 0, weightDecay = 0 } = {}) =>
      sgdUpdate(graph.readSet(weights), graph.readSet(velocity), gradient, rate, graph.constant([1], []), {
        momentum,
        weightDecay,
        nesterov: false,
      });
    const xi = optimizer.rateFeed(graph);
    set(kept, weights);
    set(velocity, optimizer.states[0]);
    move(flat(split(train(), { weights }).weights), xi, sgd);

    const { loss, logits } = validate();
    const validation = split(loss, { weights, parameters });
    const direction = flat(validation.weights);
    const norm = gradientNorm(direction);
    const radius = scale(reciprocal(norm), DIFFERENCE);
    const [above, below] = [1, -1].map((sign) => {
      set(weights, kept);
      move(direction, scale(radius, -sign));
      return split(train(), { parameters }).parameters;
    });
    set(weights, kept);

    // xi / (2 R), where 1 / R = norm / 0.01.
    const factor = multiply(xi, scale(norm, 1 / (2 * DIFFERENCE)));
    const gradient = validation.parameters.map((each, i) => {
      const [high, low] = [above[i], below[i]];
      if (!each || !high || !low) return each;
      const product = multiply(add(high, scale(low, -1)), broadcastScalar(factor, high.type));
      return add(each, scale(product, -1));
    });
    return { gradient, loss, logits };
  }
}
