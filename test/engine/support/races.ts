import { detectRaces, MemoryTracker, WgslDebug } from 'wgsl_reflect/wgsl_reflect.module.js';

/** Internals of wgsl_reflect that its type declarations lack. */
interface Command {
  readonly node?: { readonly name?: string };
}
interface Frame {
  readonly isAtEnd: boolean;
  getCurrentCommand(): Command | null;
}
interface Stack {
  readonly states: Frame[];
}
interface Access {
  readonly bufferId: string;
  readonly offset: number;
  readonly size: number;
  readonly kind: 'read' | 'write';
  readonly invocation: number;
}

/** Most steps of one invocation between barriers; more are taken for an endless loop. */
const MAX_STEPS = 1e6;

/**
 * The interpreter stores the return value of a function in the syntax tree until the enclosing statement reads it, and its
 * scheduler runs all invocations in lockstep, one command each, so that one reads the value of another's call. Here each
 * invocation runs from barrier to barrier before the next one does: the order between barriers is undefined anyway.
 */
const step = WgslDebug.prototype.stepStack as (stack: Stack, into: boolean) => boolean;
WgslDebug.prototype.stepStack = function (this: unknown, stack: Stack, into: boolean): boolean {
  let going = step.call(this, stack, into);
  for (let steps = 0; going && !isAtBarrier(stack); steps++) {
    if (steps > MAX_STEPS)
      throw new Error(`an invocation took more than ${MAX_STEPS} steps between barriers, wanted it to end`);
    going = step.call(this, stack, into);
  }
  return going;
} as never;

function isAtBarrier({ states }: Stack): boolean {
  const frame = [...states].reverse().find(({ isAtEnd }) => !isAtEnd);
  return frame?.getCurrentCommand()?.node?.name?.endsWith('Barrier') ?? false;
}

/** The invocation that accessed a word since the last barrier; -1: several. */
interface Word {
  writer?: number;
  reader?: number;
}

/** Finds the races of a phase by word; the original compares every access with every other. */
MemoryTracker.prototype.endPhase = function (this: { _phase: Access[]; races: { message: string }[] }): void {
  const words = new Map<string, Word>();
  for (const { bufferId, offset, size, kind, invocation } of this._phase)
    for (let byte = offset - (offset % 4); byte < offset + size; byte += 4) {
      const key = `${bufferId} ${byte}`;
      const word = words.get(key) ?? {};
      words.set(key, word);
      const others = [word.writer, kind === 'write' ? word.reader : undefined];
      const other = others.find((user) => user !== undefined && user !== invocation);
      if (other !== undefined) {
        const user = other === -1 ? 'several invocations' : `invocation ${other}`;
        this.races.push({ message: `byte ${byte} of ${bufferId}: a ${kind} of invocation ${invocation}, and ${user}` });
      }
      const role = kind === 'write' ? 'writer' : 'reader';
      word[role] = word[role] === undefined || word[role] === invocation ? invocation : -1;
    }
  this._phase.length = 0;
} as never;

/**
 * Runs a compute shader's invocations on the host.
 * @param buffers uniform and storage contents by binding
 * @returns accesses of one word by two invocations of a workgroup, at least one of them a write, without a barrier between them,
 *   and errors of the interpreter
 */
export function racesOf(
  source: string,
  grid: readonly number[],
  buffers: Readonly<Record<string, Uint32Array>>,
): { races: string[]; errors: string[] } {
  const { races, errors } = detectRaces(source, 'main', [...grid], { 0: buffers });
  return { races: races.map(({ message }) => message), errors };
}
