import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/engine/ops/operations.js';
import { gradientError } from '../support/gradientCheck.js';

const differentiable = operations.filter((operation) => operation.gradient);

describe.each(differentiable.map((operation) => ({ name: operation.name, operation })))(
  'gradient of $name',
  ({ operation }) => {
    it.each(
      operation.samples.filter((sample) => sample.smooth !== false).map((sample) => ({ name: sample.name, sample })),
    )('agrees with central differences to 1e-6: $name', ({ sample }) => {
      expect(gradientError(operation, sample as never)).toBeLessThan(1e-6);
    });
  },
);
