/**
 * The least number of hits among `count` that guessing, right with probability `chance` each, reaches with a probability of at most
 * `level`: fewer can't be told from guessing by the exact one-sided binomial test (Clopper and Pearson 1934, Biometrika 26).
 */
export function hitsBeyondChance(count: number, chance: number, level = 0.05): number {
  if (chance >= 1) return count + 1;
  if (chance <= 0) return 1;
  // Terms from the top, where they are smallest, in logarithms: chance ** count is below what a double holds.
  let term = count * Math.log(chance);
  let tail = Math.exp(term);
  let hits = count;
  if (tail > level) return count + 1;
  const odds = Math.log(1 - chance) - Math.log(chance);
  while (hits > 0) {
    term += Math.log(hits) - Math.log(count - hits + 1) + odds;
    const more = tail + Math.exp(term);
    if (more > level) return hits;
    tail = more;
    hits--;
  }
  return hits;
}
