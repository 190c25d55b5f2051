import { DisposedError } from '../errors/errors.js';

interface Space {
  readonly bytes: number;
  /** Absent on an engine that only plans. */
  readonly buffer?: GPUBuffer;
}

/** Buffers of a workspace that a program uses. */
export interface TakenSpaces {
  /** A buffer for each slot; undefined on an engine that only plans. */
  readonly buffers: readonly (GPUBuffer | undefined)[];
  /** Destroys the buffers that were made for this program: for when building it fails. */
  undo(): void;
}

/**
 * Buffers that programs share for their temporary values. Runs follow each other on a device's queue, so programs that run in
 * turn, such as training and evaluation, need the memory of the largest instead of the sum of all.
 */
export class Workspace {
  /** The largest first. */
  private spaces: Space[] = [];
  private disposed = false;

  /** Use `Compiler.workspace()`. @param onDispose called when the workspace is disposed of */
  constructor(private readonly onDispose: () => void) {}

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.spaces.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes that have to be allocated before a program can use the workspace. @param slots bytes of its temporary buffers */
  missing(slots: readonly number[]): number {
    return this.places(slots).reduce((sum, space, i) => (space ? sum : sum + descending(slots)[i].bytes), 0);
  }

  /**
   * Assigns a buffer to each of a program's slots, at least as large as the slot, no two the same; makes those that are missing.
   * When `make` throws, the workspace is as it was before.
   * @param slots bytes of the program's temporary buffers
   * @param make allocates a buffer; absent on an engine that only plans
   * @throws {DisposedError} when the workspace has been disposed of
   */
  take(slots: readonly number[], make?: (bytes: number) => GPUBuffer): TakenSpaces {
    if (this.disposed) throw new DisposedError('workspace: used after dispose(); make another with engine.workspace()');
    const made = new Set<Space>();
    const undo = () => {
      for (const { buffer } of made) buffer?.destroy();
      this.spaces = this.spaces.filter((space) => !made.has(space));
    };
    const buffers: (GPUBuffer | undefined)[] = [];
    const places = this.places(slots);
    try {
      for (const [i, { bytes, index }] of descending(slots).entries()) {
        let space = places[i];
        if (!space) {
          space = { bytes, buffer: make?.(bytes) };
          made.add(space);
        }
        buffers[index] = space.buffer;
      }
    } catch (error) {
      undo();
      throw error;
    }
    this.spaces = [...this.spaces, ...made].sort((a, b) => b.bytes - a.bytes);
    return { buffers, undo };
  }

  /** Frees the buffers; programs that use them must not run any more. */
  dispose(): void {
    this.disposed = true;
    for (const { buffer } of this.spaces) buffer?.destroy();
    this.spaces = [];
    this.onDispose();
  }

  /** For the slots, the largest first, the space that each gets; undefined where none is large enough. */
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
