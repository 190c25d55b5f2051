import type { Value } from '../../../src/engine/graph/graph.js';
import type { KernelTarget } from '../../../src/engine/graph/kernelTarget.js';
import type { Operation, Sample } from '../../../src/engine/graph/operation.js';
import { physicalSize, vectorsPerRow } from '../../../src/engine/graph/types.js';
import { type Dispatch, lowerNodes } from '../../../src/engine/kernels/lowering.js';
import type { Location, Locations } from '../../../src/engine/passes/locations.js';
import { traceSample } from './guardedRun.js';

/** The kernel calls of a sample for a target, with every value contiguous in a buffer of its own. */
export function callsOf(operation: Operation, sample: Sample<never>, target: KernelTarget): readonly Dispatch[] {
  const { node } = traceSample(operation, sample);
  const places = new Map<Value, Location>();
  const of = (value: Value): Location => {
    let location = places.get(value);
    if (!location) {
      const extent = physicalSize(value.type);
      const root = { kind: 'persistent' as const, elements: extent };
      location = { root, base: 0, extent, offset: 0, stride: vectorsPerRow(value.type) };
      places.set(value, location);
    }
    return location;
  };
  node.outputs.forEach((output, index) => {
    const input = operation.inPlace?.[index];
    if (input !== undefined) places.set(output, of(node.inputs[input]));
  });
  const locations: Locations = {
    of,
    isView: () => false,
    assembled: () => node.inputs.map(() => false),
    feeds: { kind: 'feeds', elements: 0 },
    constants: { kind: 'constants', elements: 0 },
    feedValues: [],
    constantValues: [],
  };
  return lowerNodes([node], locations, target).dispatches;
}
