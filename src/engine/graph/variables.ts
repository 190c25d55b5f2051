import { AttributeError, OwnershipError } from '../errors/errors.js';
import { Random } from '../random/random.js';
import { encode } from './encoding.js';
import { type DType, type Layout, logicalSize, roundUp, type ValueType, valueType, wordsOf } from './types.js';

/** Computes the initial elements of a variable, row-major without padding, with random numbers from `random`. */
export type Initializer = (type: ValueType, random: Random) => ArrayLike<number>;

/** Alignment of bindings in 4-byte words: 256 bytes, which every WebGPU device supports. */
const ALIGNMENT = 64;

/**
 * What a set of variables is for, as memory is accounted:
 * - `weights`: parameters, running statistics, architecture parameters, sums of metrics;
 * - `optimizer`: copies of weights, such as moments and momentum;
 * - `data`: images and labels.
 */
export type VariableRole = 'weights' | 'optimizer' | 'data';

/** A tensor that persists between runs: a parameter, an optimiser moment, a running statistic, images. Made by `VariableSet.add`. */
export class Variable {
  constructor(
    readonly set: VariableSet,
    readonly name: string,
    readonly type: ValueType,
    /** First 4-byte word within the set's buffer, a multiple of 64. */
    readonly offset: number,
    readonly initializer: Initializer,
  ) {}
}

/**
 * Variables in one buffer, so that an optimiser updates them in one dispatch. Padding between variables is zero and stays zero.
 * `Compiler.allocate` makes the buffer.
 */
export class VariableSet {
  /** In the order in which they were added. */
  readonly variables: Variable[] = [];
  private elements = 0;
  private sealed = false;
  /** The engine that holds the set's buffer; set by `Compiler.allocate`. */
  owner: object | undefined;
  private readonly names = new Set<string>();

  /**
   * @param name names the set in messages, checkpoints and the random numbers of its initialisers
   * @param role default: weights
   */
  constructor(
    readonly name: string,
    readonly role: VariableRole = 'weights',
  ) {}

  /** @throws {OwnershipError} when the set belongs to another engine than `engine` */
  checkOwner(engine: object): void {
    if (this.owner && this.owner !== engine)
      throw new OwnershipError(`allocate: variable set "${this.name}" belongs to another engine; make a new set`);
  }

  /**
   * Adds a variable.
   * @param name unique within the set
   * @param shape row-major; images are NHWC, weights [kernelHeight, kernelWidth, inputs, outputs]
   * @param options default: f32 in layout `rows`
   * @throws {AttributeError} when the name is taken, or the set has been allocated or read as a whole
   * @throws {ShapeError} when an extent is not a positive integer
   */
  add(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    options: { layout?: Layout; dtype?: DType } = {},
  ): Variable {
    if (this.sealed)
      throw new AttributeError(
        `VariableSet.add: set "${this.name}" already has its buffer; add "${name}" before the set is first used`,
      );
    if (this.names.has(name))
      throw new AttributeError(`VariableSet.add: name "${name}" is taken in set "${this.name}"; choose another`);
    this.names.add(name);
    const variable = new Variable(
      this,
      name,
      valueType(shape, options.dtype ?? 'f32', options.layout ?? 'rows'),
      this.elements,
      initializer,
    );
    this.variables.push(variable);
    this.elements += roundUp(wordsOf(variable.type), ALIGNMENT);
    return variable;
  }

  /** A set of the same variables at the same offsets, initialised to zero, of role `optimizer`: momentum, second moments. */
  mirror(name: string): VariableSet {
    this.seal();
    const copy = new VariableSet(name, 'optimizer');
    for (const variable of this.variables)
      copy.add(variable.name, variable.type.shape, zeros, {
        layout: variable.type.layout,
        dtype: variable.type.dtype,
      });
    copy.seal();
    return copy;
  }

  /** From now on no variable can be added. */
  seal(): void {
    this.sealed = true;
  }

  /** 4-byte words of the buffer; at least one alignment unit, since WebGPU has no empty bindings. */
  get size(): number {
    return Math.max(this.elements, ALIGNMENT);
  }

  /**
   * Initial contents of the buffer, as 4-byte words. Random numbers depend only on the seed and the names of set and variable.
   * @throws {AttributeError} when an initialiser returns the wrong number of elements
   */
  initialWords(seed: number): Uint32Array {
    const words = new Uint32Array(this.size);
    for (const { name, type, offset, initializer } of this.variables) {
      const data = initializer(type, new Random(seed, `${this.name}/${name}`));
      if (data.length !== logicalSize(type))
        throw new AttributeError(`initializer of "${name}": got ${data.length} elements, wanted ${logicalSize(type)}`);
      encode(type, data, words.buffer, offset * 4);
    }
    return words;
  }
}

/** Initialises to zero. */
export const zeros: Initializer = (type) => new Float32Array(logicalSize(type));
