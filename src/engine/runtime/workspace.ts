import { DisposedError } from '../errors/errors.js';

interface Space {
  readonly bytes: number;
  /** Absent on an engine that only plans. */
  readonly buffer?: GPUBuffer;
}

/**
 * Buffers that programs share for what they need only while they run. Runs follow each other on a device's queue, so that programs
 * that take turns, such as training and evaluation, need the memory of the largest in place of that of all.
 */
export class Workspace {
  /** The largest first. */
  private spaces: Space[] = [];
  private disposed = false;

  constructor(private readonly onDispose: () => void) {}

  get bytes(): number {
    return this.spaces.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes that a program needs beyond those that there are. @param slots bytes of its temporary buffers */
  missing(slots: readonly number[]): number {
    return this.places(slots).reduce((sum, space, i) => (space ? sum : sum + descending(slots)[i].bytes), 0);
  }

  /**
   * Buffers for a program's slots, each at least as large, no two the same; makes those that are missing.
   * @param make absent on an engine that only plans
   */
  take(slots: readonly number[], make?: (bytes: number) => GPUBuffer): (GPUBuffer | undefined)[] {
    if (this.disposed) throw new DisposedError('workspace: used after dispose(); make another with engine.workspace()');
    const taken: (GPUBuffer | undefined)[] = [];
    const places = this.places(slots);
    descending(slots).forEach(({ bytes, index }, i) => {
      let space = places[i];
      if (!space) {
        space = { bytes, buffer: make?.(bytes) };
        this.spaces.push(space);
      }
      taken[index] = space.buffer;
    });
    this.spaces.sort((a, b) => b.bytes - a.bytes);
    return taken;
  }

  /** Frees the buffers; programs that took them must not run any more. */
  dispose(): void {
    this.disposed = true;
    for (const { buffer } of this.spaces) buffer?.destroy();
    this.spaces = [];
    this.onDispose();
  }

  /** For the slots, the largest first, the space that each gets, or none where there is none so large left. */
  private places(slots: readonly number[]): (Space | undefined)[] {
    let next = 0;
    return descending(slots).map(({ bytes }) => {
      const space: Space | undefined = this.spaces[next];
      if (!space || space.bytes < bytes) return undefined;
      next++;
      return space;
    });
  }
}

function descending(slots: readonly number[]): { bytes: number; index: number }[] {
  return slots.map((bytes, index) => ({ bytes, index })).sort((a, b) => b.bytes - a.bytes);
}
