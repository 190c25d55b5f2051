/**
 * The least number of hits among `count` that random guessing, correct with probability `chance` each, reaches with a probability of
 * at most `level`: fewer are not significant in the exact one-sided binomial test (Clopper and Pearson 1934, Biometrika 26).
 */
export function hitsBeyondChance(count: number, chance: number, level = 0.05): number {
  if (chance >= 1) return count + 1;
  if (chance <= 0) return 1;
  // From the largest count, whose terms are smallest, in logarithms: chance ** count would underflow.
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
