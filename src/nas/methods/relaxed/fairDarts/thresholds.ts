import type { RelaxedTable, Selection } from '../../../spaces/shared/space.js';
import { isConnected } from '../warnings.js';

export interface Thresholds {
  /** `sparse`: the strongest operation on the strongest edges of a node. `edge`: up to two operations on any edge. */
  readonly by: 'threshold-sparse' | 'threshold-edge';
  /** Gates below it are closed. */
  readonly threshold: number;
}

/** Largest number of operations on an edge, where the space allows several (FairDARTS' code). */
const OPERATIONS_AN_EDGE = 2;

/**
 * The candidates whose gates are open at the end (Chu et al. 2020, FairDARTS, section 4.3), so that a node may keep fewer edges
 * than two, or none. Where a space has one operation on every edge (NAS-Bench-201), an edge has its strongest, or `none`.
 *
 * A table whose output would be unreachable gets the strongest candidate on an edge from an input to an output, whatever its gate.
 * The first of equal gates wins.
 * @param gates for every table [edges, operations], row-major
 */
export function openCandidates(
  tables: readonly RelaxedTable[],
  gates: readonly ArrayLike<number>[],
  { by, threshold }: Thresholds,
): Selection {
  return tables.map((table, t) => {
    const ranked = table.edges.map((_, edge) => ranking(table, gates[t], edge));
    const best = (edge: number) => ranked[edge][0];
    const isKept = by === 'threshold-sparse' ? strongestEdges(table, (edge) => best(edge).gate) : () => true;
    const most = by === 'threshold-edge' && table.kept !== undefined ? OPERATIONS_AN_EDGE : 1;
    const rows = ranked.map((candidates, edge) =>
      isKept(edge) ? columns(candidates.slice(0, most).filter(({ gate }) => gate >= threshold)) : [],
    );
    if (isConnected(table, rows)) return rows;
    const [only] = directEdges(table).sort((a, b) => best(b).gate - best(a).gate);
    return rows.map((_, edge) => (edge === only ? columns([best(edge)]) : []));
  });
}

interface Candidate {
  readonly operation: number;
  readonly gate: number;
}

/** The operations of an edge other than `none`, the strongest first. */
function ranking({ operations }: RelaxedTable, gates: ArrayLike<number>, edge: number): Candidate[] {
  return operations
    .map((name, operation) => ({ name, operation, gate: gates[edge * operations.length + operation] }))
    .filter(({ name }) => name !== 'none')
    .sort((a, b) => b.gate - a.gate);
}

const columns = (candidates: readonly Candidate[]) =>
  candidates.map(({ operation }) => operation).sort((a, b) => a - b);

/** Whether an edge is among those that its target keeps. */
function strongestEdges({ edges, kept }: RelaxedTable, gate: (edge: number) => number): (edge: number) => boolean {
  return (edge) => {
    const rivals = edges.flatMap(([, target], other) => (target === edges[edge][1] ? [other] : []));
    return kept === undefined || rivals.sort((a, b) => gate(b) - gate(a)).indexOf(edge) < kept;
  };
}

/** Nodes that are a cell's output: all but the inputs where an architecture keeps some edges of a node, else the last one. */
function outputsOf({ edges, kept }: RelaxedTable): number[] {
  const targets = edges.map(([, target]) => target);
  return kept === undefined ? [Math.max(...targets)] : targets;
}

function inputsOf({ edges }: RelaxedTable): Set<number> {
  const targets = new Set(edges.map(([, target]) => target));
  return new Set(edges.map(([source]) => source).filter((source) => !targets.has(source)));
}

/** Edges from an input to an output. */
function directEdges(table: RelaxedTable): number[] {
  const [inputs, outputs] = [inputsOf(table), outputsOf(table)];
  return table.edges.flatMap(([source, target], edge) =>
    inputs.has(source) && outputs.includes(target) ? [edge] : [],
  );
}
