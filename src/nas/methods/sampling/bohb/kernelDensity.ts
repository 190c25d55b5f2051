/** A density over vectors of options, one an entry, as a mean of products of Aitchison-Aitken kernels at data. */
export interface KernelDensity {
  readonly data: readonly (readonly number[])[];
  readonly bandwidths: readonly number[];
  density(vector: readonly number[]): number;
}

export interface KernelSettings {
  /** Lower bound of bandwidths, so that other values keep some density when all data are equal. */
  readonly minimumBandwidth: number;
  /**
   * `space`: a kernel spreads over all options, and is flat at most. `data`: over those that the data have, and may be
   * negative, as statsmodels and so HpBandSter have it.
   */
  readonly levels: 'space' | 'data';
}

/**
 * The density of data (n x d, indices of options). The bandwidth of an entry is the normal reference, 1.06 s n^(-1/(4+d))
 * with the population standard deviation s of its indices; with bandwidth h of c options the kernel is 1 - h at the
 * datum and h / (c - 1) elsewhere (Aitchison and Aitken 1976), so that it is flat at h = (c - 1) / c.
 */
export function kernelDensity(
  data: readonly (readonly number[])[],
  sizes: readonly number[],
  { minimumBandwidth, levels }: KernelSettings,
): KernelDensity {
  const scale = 1.06 * data.length ** (-1 / (4 + sizes.length));
  const columns = sizes.map((_, entry) => data.map((vector) => vector[entry]));
  const counts = columns.map((column, entry) => (levels === 'space' ? sizes[entry] : new Set(column).size));
  const bandwidths = columns.map((column, entry) => {
    const bandwidth = Math.max(minimumBandwidth, scale * deviation(column));
    return levels === 'space' ? Math.min(bandwidth, (counts[entry] - 1) / counts[entry]) : bandwidth;
  });
  const same = bandwidths.map((bandwidth) => 1 - bandwidth);
  const other = bandwidths.map((bandwidth, entry) => bandwidth / (counts[entry] - 1));
  return {
    data,
    bandwidths,
    density(vector) {
      let sum = 0;
      for (const datum of data) {
        let product = 1;
        for (let entry = 0; entry < vector.length; entry++)
          product *= datum[entry] === vector[entry] ? same[entry] : other[entry];
        sum += product;
      }
      return sum / data.length;
    },
  };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
