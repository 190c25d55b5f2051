/** First channel of every part of a whole that lies side by side. */
export function startsOf(channels: readonly number[]): number[] {
  let start = 0;
  return channels.map((count) => {
    const here = start;
    start += count;
    return here;
  });
}
