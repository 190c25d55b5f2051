import type { Graph, Value } from '../../engine/graph/graph.js';
import { type Variable, VariableSet, zeros } from '../../engine/graph/variables.js';
import { accumulate } from '../../engine/ops/copy/accumulate.js';
import { correctCount } from '../../engine/ops/loss/accuracy.js';
import type { Compiler } from '../../engine/runtime/compiler.js';

/** Sums of losses and hits that stay on the device; reading them once an epoch is the only read-back of a training. */
export class Metrics {
  private readonly set: VariableSet;
  private readonly loss: Variable;
  private readonly correct: Variable;

  constructor(
    private readonly engine: Compiler,
    name: string,
  ) {
    this.set = new VariableSet(`metrics ${name}`);
    this.loss = this.set.add('loss', [], zeros);
    this.correct = this.set.add('correct', [], zeros);
    engine.allocate(this.set);
  }

  /** Adds to the graph: loss to the sum of losses, hits of the logits to the count of hits. */
  record(graph: Graph, loss: Value, logits: Value, labels: Value): void {
    accumulate(graph.read(this.loss), loss);
    accumulate(graph.read(this.correct), correctCount(logits, labels));
  }

  /** Sums since the last call. */
  async take(): Promise<{ loss: number; correct: number }> {
    const [[loss], [correct]] = await Promise.all([this.engine.read(this.loss), this.engine.read(this.correct)]);
    this.engine.write(this.loss, [0]);
    this.engine.write(this.correct, [0]);
    return { loss, correct };
  }

  dispose(): void {
    this.engine.release(this.set);
  }
}
