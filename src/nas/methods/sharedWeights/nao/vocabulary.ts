import { AttributeError } from '../../../../engine/errors/errors.js';
import type { Choice } from '../../../spaces/shared/space.js';

/** Architectures as sequences of tokens, one a choice; choices of equal options share their tokens. */
export class Vocabulary {
  /** Tokens that there are. */
  readonly size: number;
  /** The token of the first option of every choice; the others follow it. */
  readonly first: readonly number[];
  /** Options of every choice. */
  readonly counts: readonly number[];

  constructor(choices: readonly Choice[]) {
    const known = new Map<string, number>();
    let size = 0;
    this.first = choices.map(({ options }) => {
      const key = JSON.stringify(options);
      const start = known.get(key) ?? size;
      if (start === size) size += options.length;
      known.set(key, start);
      return start;
    });
    this.counts = choices.map(({ options }) => options.length);
    this.size = size;
  }

  /** Tokens of a sequence. */
  get length(): number {
    return this.first.length;
  }

  /** @throws AttributeError unless there is one decision below the number of options of every choice */
  tokens(decisions: readonly number[]): number[] {
    const isOption = (option: number | undefined, count: number) =>
      Number.isInteger(option) && option! >= 0 && option! < count;
    const fits = decisions.length === this.length && this.counts.every((count, i) => isOption(decisions[i], count));
    if (!fits)
      throw new AttributeError(`NaoModel: got decisions [${decisions}], wanted one below each of [${this.counts}]`);
    return decisions.map((option, choice) => this.first[choice] + option);
  }
}
