import type { VariableSet } from '../../../engine/graph/variables.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { ResourceScope } from './resourceScope.js';

/** Allocates sets, initialised by the seed, which the scope then releases. */
export function allocateSets(scope: ResourceScope, engine: Compiler, sets: Iterable<VariableSet>, seed?: number): void {
  for (const set of sets) {
    scope.defer(() => engine.release(set));
    engine.allocate(set, seed);
  }
}

/** State in several sets, such as that of an optimiser. */
export interface DeviceState {
  allocate(engine: Compiler): void;
  release(engine: Compiler): void;
}

/** Allocates a state, which the scope then releases. @returns the state */
export function allocateState<T extends DeviceState>(scope: ResourceScope, engine: Compiler, state: T): T {
  // Before allocating: of several sets the second may fail.
  scope.defer(() => state.release(engine));
  state.allocate(engine);
  return state;
}
