/** The first channel of each part in their concatenation along the channels. */
export function channelStarts(channels: readonly number[]): number[] {
  let start = 0;
  return channels.map((count) => {
    const here = start;
    start += count;
    return here;
  });
}
