/** Shaders that measure the device: they belong to no operation and are tested by ceilings.test.ts. */
export const MEASURING_SHADERS: readonly string[] = ['measure/multiplyAdd'];
