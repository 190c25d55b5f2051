import type { Graph, Segment, Value } from '../graph/graph.js';

/** Recomputed values of checkpoints (`Graph.checkpoint`), for use by gradients. */
export class Recomputed {
  private readonly again = new Map<Value, Value>();
  private readonly done = new Set<Segment>();
  /** Values of checkpoints that are read outside: they are kept, not recomputed. */
  private readonly kept: Set<Value>;

  constructor(private readonly graph: Graph) {
    this.kept = new Set(graph.outputs.values());
    for (const { inputs, segment } of graph.nodes)
      for (const input of inputs) if (input.node?.segment && input.node.segment !== segment) this.kept.add(input);
  }

  /** Applies the nodes of a checkpoint again, once. Updates and kept values are left out. */
  begin(segment: Segment | undefined): void {
    if (!segment || this.done.has(segment)) return;
    this.done.add(segment);
    for (const node of [...segment.nodes]) {
      if (node.operation.inPlace || node.outputs.every((output) => this.kept.has(output))) continue;
      const outputs = this.graph.reapply(node, this.of(node.inputs));
      node.outputs.forEach((output, index) => {
        if (!this.kept.has(output)) this.again.set(output, outputs[index]);
      });
    }
  }

  /** The values to compute gradients from: recomputed where their checkpoint has begun. */
  of(values: readonly Value[]): Value[] {
    return values.map((value) => this.again.get(value) ?? value);
  }
}
