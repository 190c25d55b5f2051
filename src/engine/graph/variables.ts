import { AttributeError, OwnershipError } from '../errors/errors.js';
import { Random } from '../random/random.js';
import { encode } from './encoding.js';
import { type DType, type Layout, logicalSize, roundUp, type ValueType, valueType, wordsOf } from './types.js';

/** Fills a variable: row-major elements without padding, drawn from `random`. */
export type Initializer = (type: ValueType, random: Random) => ArrayLike<number>;

/** Bindings may start only at multiples of this many elements (256 bytes, the limit every WebGPU device keeps). */
const ALIGNMENT = 64;

/**
 * What a set of variables is for, as memory is accounted:
 * - `weights`: parameters, running statistics, architecture parameters, sums of metrics;
 * - `optimizer`: copies of weights, such as moments and momentum;
 * - `data`: images and labels.
 */
export type VariableRole = 'weights' | 'optimizer' | 'data';

/** A tensor that outlives programs: a parameter, an optimiser moment, a running average, an image set. */
export class Variable {
  constructor(
    readonly set: VariableSet,
    readonly name: string,
    readonly type: ValueType,
    /** First element within the set's buffer, a multiple of 64. */
    readonly offset: number,
    readonly initializer: Initializer,
  ) {}
}

/**
 * Variables that lie in one buffer, so that an optimiser updates them in one dispatch. Elements between variables are
 * zero and stay zero.
 */
export class VariableSet {
  readonly variables: Variable[] = [];
  private elements = 0;
  private sealed = false;
  /** The engine whose device holds the set's buffer. */
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

  /** A set of the same variables at the same places, all zero: momentum, second moments. */
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

  /** No variable may be added any more. */
  seal(): void {
    this.sealed = true;
  }

  /** Elements of the buffer; at least one alignment unit, since WebGPU has no empty bindings. */
  get size(): number {
    return Math.max(this.elements, ALIGNMENT);
  }

  /** The buffer's initial contents, as words. A variable's numbers depend on (seed, set name, variable name) alone. */
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

export const zeros: Initializer = (type) => new Float32Array(logicalSize(type));
