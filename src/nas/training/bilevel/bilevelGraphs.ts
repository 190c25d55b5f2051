import type { Graph, Value } from '../../../engine/graph/graph.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../../engine/ops/loss/crossEntropy.js';
import type { Adam } from '../../../engine/optim/adam.js';
import type { Sgd } from '../../../engine/optim/sgd.js';
import { channelStatistics } from '../../data/images/statistics.js';
import type { DeviceImages } from '../loop/deviceImages.js';
import { imageBatch } from '../loop/imageBatch.js';
import type { Metrics } from '../loop/metrics.js';
import type { BilevelOptions } from './bilevelOptions.js';
import type { Part, TracedMixture } from './relaxedRule.js';
import { splitGradients } from './splitGradients.js';
import type { UnrolledStep } from './unrolledStep.js';

/** What the graphs of bilevel search read and update. */
export interface BilevelParts {
  readonly batch: number;
  readonly optimizer: Sgd;
  /** Absent: the rule updates the architecture parameters itself. */
  readonly archOptimizer?: Adam;
  /** Of a second-order update. */
  readonly unrolled?: UnrolledStep;
  readonly images: Readonly<Record<Part, DeviceImages>>;
  readonly metrics: Readonly<Record<Part, Metrics>>;
}

/** Name of a program's output: the gradient of one architecture parameter. */
export function gradientName(index: number): string {
  return `gradient ${index}`;
}

type Batch = ReturnType<typeof imageBatch>;

/** Traces the passes of bilevel search. Their feeds of image indices are named as the parts. */
export class BilevelGraphs {
  constructor(
    private readonly options: Omit<BilevelOptions, 'engine'>,
    private readonly parts: BilevelParts,
  ) {}

  /** The updates of some parts, in order. */
  updates(graph: Graph, parts: readonly Part[]): void {
    if (this.options.archUpdate.kind === 'single-level') this.singleLevel(graph, parts);
    else for (const part of parts) part === 'alphas' ? this.architecture(graph) : this.weights(graph);
  }

  /** Outputs the gradients of the loss on a validation batch, without augmentation, by the architecture parameters. */
  gradient(graph: Graph): void {
    const traced = this.rule.trace(graph, 'alphas');
    const { value } = this.loss(this.batchOf(graph, 'alphas', false), traced);
    this.outputGradients(graph, splitGradients(value, traced, { parameters: this.rule.parameters }).parameters);
  }

  private get rule() {
    return this.options.archUpdate.rule;
  }

  private architecture(graph: Graph): void {
    const { rule, parts } = this;
    const traced = rule.trace(graph, 'alphas');
    const batch = this.batchOf(graph, 'alphas');
    if (parts.unrolled) {
      const training = this.batchOf(graph, 'weights');
      const { gradient, logits, loss } = parts.unrolled.gradients(graph, {
        train: () => this.loss(training, traced).value,
        validate: () => {
          const { logits, value } = this.loss(batch, traced);
          return { logits, loss: value };
        },
        split: (value, sets) => splitGradients(value, traced, sets),
        parameters: rule.parameters,
      });
      this.updateParameters(graph, gradient);
      parts.metrics.alphas.record(graph, loss, logits, batch.labels);
      return;
    }
    const { logits, value } = this.loss(batch, traced);
    const total = this.penalized(graph, value);
    this.updateParameters(graph, splitGradients(total, traced, { parameters: rule.parameters }).parameters);
    parts.metrics.alphas.record(graph, value, logits, batch.labels);
  }

  private weights(graph: Graph): void {
    const traced = this.rule.trace(graph, 'weights');
    const batch = this.batchOf(graph, 'weights');
    const { logits, value } = this.loss(batch, traced);
    this.parts.optimizer.apply(value);
    this.parts.metrics.weights.record(graph, value, logits, batch.labels);
  }

  /** Both updates by one pass; without `alphas` among the parts, that of the weights alone. */
  private singleLevel(graph: Graph, parts: readonly Part[]): void {
    const { rule } = this;
    const traced = rule.trace(graph, 'weights');
    const batch = this.batchOf(graph, 'weights');
    const { logits, value } = this.loss(batch, traced);
    const total = this.penalized(graph, value);
    const parameters = parts.includes('alphas') ? rule.parameters : undefined;
    const each = splitGradients(total, traced, { weights: this.options.supernet.weights, parameters });
    if (parameters) this.updateParameters(graph, each.parameters);
    this.parts.optimizer.applyGradients(graph, each.weights);
    this.parts.metrics.weights.record(graph, value, logits, batch.labels);
  }

  private penalized(graph: Graph, loss: Value): Value {
    const { rule } = this;
    return rule.updates !== 'self' && rule.penalty ? add(loss, rule.penalty(graph)) : loss;
  }

  private updateParameters(graph: Graph, each: readonly (Value | undefined)[]): void {
    const { archOptimizer } = this.parts;
    if (archOptimizer) archOptimizer.applyGradients(graph, each);
    else this.outputGradients(graph, each);
  }

  private outputGradients(graph: Graph, each: readonly (Value | undefined)[]): void {
    const { variables } = this.rule.parameters;
    // The loss does not depend on the table of a kind of cell that the network lacks.
    each.forEach((gradient, index) => {
      graph.output(gradientName(index), gradient ?? scale(graph.read(variables[index]), 0));
    });
  }

  private batchOf(graph: Graph, part: Part, augmented = true): Batch {
    const { protocol, shape, trainSplit, seed } = this.options;
    const statistics = channelStatistics(trainSplit, shape.channels);
    const augmentation = augmented
      ? { ...protocol.augmentation, seed, purpose: `search augmentation ${part}` }
      : undefined;
    const { batch, images } = this.parts;
    return imageBatch(graph, images[part], { batch, shape, statistics, augmentation, feed: part });
  }

  private loss({ x, labels }: Batch, { mixture }: TracedMixture): { logits: Value; value: Value } {
    const { supernet, protocol } = this.options;
    const logits = supernet.forward(x, 'train', mixture);
    return { logits, value: crossEntropy(logits, labels, { labelSmoothing: protocol.labelSmoothing }) };
  }
}
