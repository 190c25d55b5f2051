import type { Graph, Node, Value } from '../graph/graph.js';

/** Dead code elimination: the nodes that outputs and updates depend on, in order. */
export function liveNodes(graph: Graph, nodes: readonly Node[] = graph.nodes): Node[] {
  const wanted = new Set<Value>(graph.outputs.values());
  const live: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (!node.operation.inPlace && !node.outputs.some((output) => wanted.has(output))) continue;
    live.push(node);
    for (const input of node.inputs) wanted.add(input);
  }
  return live.reverse();
}
