export const KERNELS = ['rbf', 'matern52'] as const;
export type Kernel = (typeof KERNELS)[number];

/** Replaces squared distances by covariances of signal variance 1. */
export type Covariance = (squared: Float64Array) => void;

/** Squared distances between encodings are small integers, so their covariances are cached. */
const WHOLE = 256;

export function covarianceOf(kernel: Kernel, lengthScale: number): Covariance {
  const covariance = kernel === 'rbf' ? rbf(lengthScale) : matern52(lengthScale);
  const whole = Float64Array.from({ length: WHOLE }, (_, distance) => covariance(distance));
  return (squared) => {
    for (let i = 0; i < squared.length; i++) {
      const distance = squared[i];
      const floor = distance | 0;
      squared[i] = floor === distance && floor < WHOLE ? whole[floor] : covariance(distance);
    }
  };
}

/** Rasmussen and Williams, Gaussian Processes for Machine Learning, equation 4.9. */
function rbf(lengthScale: number): (squared: number) => number {
  const factor = -1 / (2 * lengthScale * lengthScale);
  return (squared) => Math.exp(factor * squared);
}

/** Rasmussen and Williams, equation 4.17. */
function matern52(lengthScale: number): (squared: number) => number {
  const factor = Math.sqrt(5) / lengthScale;
  return (squared) => {
    const distance = factor * Math.sqrt(squared);
    return (1 + distance + (distance * distance) / 3) * Math.exp(-distance);
  };
}
