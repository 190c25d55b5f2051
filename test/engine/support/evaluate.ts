import type { Graph, Value } from '../../../src/engine/graph/graph.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';

/** Compiles and runs a graph once. @returns the elements of every value that `build` returns, by name */
export async function evaluate(
  engine: Engine,
  build: (graph: Graph) => Readonly<Record<string, Value>>,
): Promise<Record<string, number[]>> {
  const names: string[] = [];
  const program = await engine.compile((graph) => {
    for (const [name, value] of Object.entries(build(graph))) {
      graph.output(name, value);
      names.push(name);
    }
  });
  try {
    program.run();
    const results: Record<string, number[]> = {};
    for (const name of names) results[name] = Array.from(await program.read(name));
    return results;
  } finally {
    program.dispose();
  }
}
