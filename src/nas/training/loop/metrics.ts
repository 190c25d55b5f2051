import type { Graph, Value } from '../../../engine/graph/graph.js';
import { type Variable, VariableSet, zeros } from '../../../engine/graph/variables.js';
import { accumulate } from '../../../engine/ops/copy/accumulate.js';
import { correctCount } from '../../../engine/ops/loss/accuracy.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import { readVariables } from './readVariables.js';

/** Sums of losses and of correct predictions, kept on the device: reading them once an epoch is the only read-back of a training. */
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

  /**
   * Adds to the graph that every run accumulates its loss and its correct predictions.
   * @param loss a scalar
   * @param logits [batch, classes]
   * @param labels [batch], u32
   */
  record(graph: Graph, loss: Value, logits: Value, labels: Value): void {
    accumulate(graph.read(this.loss), loss);
    accumulate(graph.read(this.correct), correctCount(logits, labels));
  }

  /** Reads both sums, then sets them to zero. */
  async take(): Promise<{ loss: number; correct: number }> {
    const [[loss], [correct]] = await readVariables(this.engine, [this.loss, this.correct]);
    this.reset();
    return { loss, correct };
  }

  /** Sets both sums to zero. */
  reset(): void {
    this.engine.write(this.loss, [0]);
    this.engine.write(this.correct, [0]);
  }

  /** Frees both sums. A second call does nothing. */
  dispose(): void {
    this.engine.release(this.set);
  }
}
