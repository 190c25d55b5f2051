import type { Spread } from '../../src/nas/math/index.js';

/** Placeholder for a missing number. */
export const NONE = '–';

type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A decimal number with the minus sign U+2212. */
export function decimal(value: Maybe, digits: number): string {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A decimal number that always shows its sign. */
export function signed(value: Maybe, digits: number): string {
  if (!known(value)) return NONE;
  const text = decimal(value, digits);
  return value >= 0 || !text.startsWith('−') ? `+${text}` : text;
}

/** A fraction in per cent, without the sign: `0.7634` as `76.3`. */
export function percent(fraction: Maybe, digits = 1): string {
  return known(fraction) ? decimal(100 * fraction, digits) : NONE;
}

/** Mean and standard deviation in per cent: `76.3 ± 1.2`; a single run has no deviation. */
export function percentSpread(spread: Spread): string {
  return spread.count > 1 ? `${percent(spread.mean)} ± ${percent(spread.deviation)}` : percent(spread.mean);
}

/** Mean and standard deviation of numbers as they are: `93.70 ± 0.36`; a single value has no deviation. */
export function spreadText({ mean, deviation, count }: Spread, digits: number): string {
  return count > 1 ? `${decimal(mean, digits)} ± ${decimal(deviation, digits)}` : decimal(mean, digits);
}

/** A count in thousands or millions with three figures or more: `73,306`, `1.53 M`, `220.1 M`. */
export function amount(value: Maybe): string {
  if (!known(value)) return NONE;
  if (value >= 1e9) return `${figures(value / 1e9)} G`;
  if (value >= 1e6) return `${figures(value / 1e6)} M`;
  return grouped(value);
}

/** A whole number with commas: `60,000`. */
export function grouped(value: Maybe): string {
  return known(value) ? Math.round(value).toLocaleString('en-US') : NONE;
}

function figures(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** `1 seed`, `3 seeds`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : nouns}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Whole numbers; consecutive ones as a range: `0 to 499`, `0, 1 and 7`. */
export function rangeText(numbers: readonly number[]): string {
  const inRow = numbers.length > 2 && numbers.every((number, i) => number === numbers[0] + i);
  return inRow ? `${numbers[0]} to ${numbers.at(-1)}` : listed(numbers.map(String));
}
