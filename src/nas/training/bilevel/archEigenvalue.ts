import type { VariableSet } from '../../../engine/graph/variables.js';
import { Random } from '../../../engine/random/random.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import { readVariables } from '../loop/readVariables.js';
import { largestEigenvalue } from './lanczos.js';

/** Step of the central difference: far above the rounding of f32 gradients, far below the scale on which the softmax is nonlinear. */
const DIFFERENCE = 0.02;
/** Products of the Hessian with a vector; each takes two gradients. */
const STEPS = 10;

export interface ArchHessianOptions {
  readonly engine: Compiler;
  /** Changed for the differences, and restored to the same bits. */
  readonly parameters: VariableSet;
  /** The gradient by every variable of `parameters` at their present values, row-major; of the same batch each time. */
  gradient(): Promise<readonly Float32Array[]>;
  readonly seed: number;
}

/**
 * The largest eigenvalue of the Hessian of a loss in the architecture parameters. Large values indicate sharp minima, where
 * discretisation loses accuracy (Zela et al. 2020, 1909.09656, section 4). H v is (g(a + h v) - g(a - h v)) / 2 h.
 */
export async function archEigenvalue(options: ArchHessianOptions): Promise<number> {
  const { engine, parameters, gradient, seed } = options;
  const before = (await readVariables(engine, parameters.variables)).map((values) => Float32Array.from(values));
  const write = (vector: Float64Array, step: number) => {
    let offset = 0;
    parameters.variables.forEach((variable, i) => {
      const start = offset;
      engine.write(
        variable,
        before[i].map((value, j) => value + step * vector[start + j]),
      );
      offset += before[i].length;
    });
  };
  const gradientAt = async (vector: Float64Array, step: number) => {
    write(vector, step);
    return Float64Array.from((await gradient()).flatMap((each) => [...each]));
  };
  const size = before.reduce((sum, each) => sum + each.length, 0);
  const random = new Random(seed, 'hessian of the architecture parameters');
  try {
    return await largestEigenvalue(
      async (vector) => {
        const above = await gradientAt(vector, DIFFERENCE);
        const below = await gradientAt(vector, -DIFFERENCE);
        return above.map((value, i) => (value - below[i]) / (2 * DIFFERENCE));
      },
      Float64Array.from({ length: size }, () => random.normal()),
      STEPS,
    );
  } finally {
    parameters.variables.forEach((variable, i) => {
      engine.write(variable, before[i]);
    });
  }
}
