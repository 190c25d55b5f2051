import {
  type Attributes,
  checkFloat,
  checkRows,
  checkSameShape,
  defineShader,
  extentUniforms,
  gridOf,
  type KernelCall,
  type Operation,
  type TensorView,
  trafficOnly,
  type Value,
  viewUniforms,
} from 'nastransfer/engine';

/** The kernel of both directions. */
export const hardSwishSource = `// Hard swish, y = x clamp(x / 6 + 1/2, 0, 1); with GRADIENT y = dy f'(x).
// Layout: x, dy, y are views of rows x vectors vec4s; f(0) = 0, so that padding lanes of y are zero.
// Grid: one invocation per vec4; workgroups in x, then y.

struct Params {
  rows: u32,
  vectors: u32,
  xOffset: u32,
  xStride: u32,
  dyOffset: u32,
  dyStride: u32,
  yOffset: u32,
  yStride: u32,
}

const WORKGROUP: u32 = 64u;
const GRADIENT: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.y * groups.x * WORKGROUP + id.x;
  if (index >= params.rows * params.vectors) {
    return;
  }
  let row = index / params.vectors;
  let vector = index % params.vectors;
  let value = x[params.xOffset + row * params.xStride + vector];
  let gate = clamp(value / 6.0 + 0.5, vec4f(0.0), vec4f(1.0));
  var result = value * gate;
  if (GRADIENT) {
    let slope = select(vec4f(0.0), value / 6.0, abs(value) < vec4f(3.0));
    result = dy[params.dyOffset + row * params.dyStride + vector] * (gate + slope);
  }
  y[params.yOffset + row * params.yStride + vector] = result;
}
`;

const KERNEL = defineShader('example/hardSwish', hardSwishSource);

const gate = (x: number) => Math.min(Math.max(x / 6 + 0.5, 0), 1);
const derivative = (x: number) => gate(x) + (Math.abs(x) < 3 ? x / 6 : 0);

/** x clamp(x / 6 + 1/2, 0, 1) of every element (Howard et al. 2019, MobileNetV3, section 5.2). */
export function hardSwish(x: Value): Value {
  return x.graph.apply(hardSwishOperation, [x], {})[0];
}

export const hardSwishOperation: Operation<Attributes> = {
  name: 'example/hardSwish',
  infer: ([x]) => {
    checkFloat('hardSwish', 'x', x);
    checkRows('hardSwish', 'x', x);
    return [x];
  },
  lower: ({ inputs: [x], outputs: [y] }) => [call(x, undefined, y)],
  gradient: ({ inputs: [x], outputGradients: [dy] }) => [
    dy && x.graph.apply(hardSwishGradientOperation, [x, dy], {})[0],
  ],
  // For the tests: float64 on the host, the cost, the length of the longest sum, and inputs to try.
  reference: ([x]) => [x.data.map((value) => value * gate(value))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [2, 5, 3, 7] }], attributes: {} },
    { name: 'a scalar', inputs: [{ shape: [] }], attributes: {} },
    {
      name: 'both kinks',
      inputs: [{ shape: [7], fill: { values: [-1000, -3, -2.9, 0, 2.9, 3, 1000] } }],
      attributes: {},
      smooth: false,
    },
  ],
};

export const hardSwishGradientOperation: Operation<Attributes> = {
  name: 'example/hardSwishGradient',
  infer: (types) => {
    checkSameShape('hardSwishGradient', types);
    return [types[0]];
  },
  lower: ({ inputs: [x, dy], outputs: [dx] }) => [call(x, dy, dx)],
  reference: ([x, dy]) => [dy.data.map((value, i) => value * derivative(x.data[i]))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [{ name: 'odd sizes', inputs: [{ shape: [2, 3, 5, 6] }, { shape: [2, 3, 5, 6] }], attributes: {} }],
};

function call(x: TensorView, dy: TensorView | undefined, y: TensorView): KernelCall {
  return {
    kernel: KERNEL,
    constants: { GRADIENT: dy !== undefined },
    uniforms: {
      ...extentUniforms(y),
      ...viewUniforms('x', x),
      ...viewUniforms('dy', dy ?? x),
      ...viewUniforms('y', y),
    },
    bindings: { x: x.operand, dy: (dy ?? x).operand, y: y.operand },
    grid: gridOf(y.rows * y.vectors),
  };
}
