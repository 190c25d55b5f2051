// Convolution as an implicit matrix product, y[pixel, k] = sum over taps and c of x[pixel at tap, c] w[tap, c, k] (+ bias).
// With TRANSPOSED the weights are used the other way, y[pixel, c] = sum over taps and k of x[pixel at tap, k] w[tap, c, k]:
// the gradient of a convolution's input, where x is the incoming gradient.
//
// Layout: x and y are views of pixels x vec4s of channels; w has `wRows` rows a tap and a row of vec4s over the outputs.
// Computed pixels form a grid of images x height x width; pixel (a, b) of it is written to row a * yRowStep + yRowStart,
// column b * yColumnStep + yColumnStart, and its tap (i, j) reads x at row a * xRowStep + xRowStart + i * tapRowStep, the
// same for columns, and the weights of tap firstTap + i * tapRowStride + j * tapColumnStride. So one kernel serves every
// stride, padding and dilation, and every residue class of the gradient of a strided convolution.
//
// An invocation computes STRIPS strips of four pixels of one row, `spacing` columns apart, times BLOCK vec4s of channels.
// With SLIDE, neighbours in a strip are one tap apart: its taps of a row need one new value of x each, and the loop over
// channels is outside that over the taps of a row. Without, it is inside, and the places of the pixels are found once a tap.
// Loops of `stripPixels` (four) turns go over a strip: with a count in the text a compiler would unroll them, and loads and
// stores are what compiling for a software driver takes seconds over.
// Grid: strips in x, folded into z; blocks of channels, group by group, in y: the weights are the same for a workgroup.

struct Params {
  strips: u32,
  rowStrips: u32,
  spacing: u32,
  height: u32,
  width: u32,
  yOffset: u32,
  yStride: u32,
  yHeight: u32,
  yWidth: u32,
  yRowStep: u32,
  yRowStart: u32,
  yColumnStep: u32,
  yColumnStart: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: u32,
  xWidth: u32,
  xRowStep: i32,
  xRowStart: i32,
  xColumnStep: i32,
  xColumnStart: i32,
  tapRows: u32,
  tapColumns: u32,
  tapRowStep: i32,
  tapColumnStep: i32,
  firstTap: i32,
  tapRowStride: i32,
  tapColumnStride: i32,
  wOffset: u32,
  biasOffset: u32,
  hasBias: u32,
  stripPixels: u32,
  wStride: u32,
  wRows: u32,
  lastRow: u32,
  depth: u32,
  vectors: u32,
  channels: u32,
  blocks: u32,
}

const WORKGROUP: u32 = 64u;
const STRIPS: u32 = 2u;
const BLOCK: u32 = 2u;
const SLIDE: bool = true;
const TRANSPOSED: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

struct Strip {
  image: u32,
  row: u32,
  column: u32,
  // Column of x of the first pixel's first tap.
  xColumn: i32,
}

// Where taps of one row of the kernel read.
struct TapRow {
  inside: bool,
  // Place in x of column 0.
  place: u32,
}

// A vec4 of x, or none.
struct Source {
  inside: bool,
  place: u32,
}

fn stripOf(index: u32) -> Strip {
  let rowStrip = index % params.rowStrips;
  let imageRow = index / params.rowStrips;
  let column = rowStrip / params.spacing * params.spacing * 4u + rowStrip % params.spacing;
  let xColumn = i32(column) * params.xColumnStep + params.xColumnStart;
  return Strip(imageRow / params.height, imageRow % params.height, column, xColumn);
}

fn tapRowOf(strip: Strip, i: u32) -> TapRow {
  let row = i32(strip.row) * params.xRowStep + params.xRowStart + i32(i) * params.tapRowStep;
  let inside = row >= 0 && row < i32(params.xHeight);
  let place = (strip.image * params.xHeight + select(0u, u32(row), inside)) * params.xWidth;
  return TapRow(inside, params.xOffset + place * params.xStride);
}

fn sourceOf(row: TapRow, column: i32) -> Source {
  let inside = row.inside && column >= 0 && column < i32(params.xWidth);
  return Source(inside, select(params.xOffset, row.place + u32(column) * params.xStride, inside));
}

fn load(source: Source, vector: u32) -> vec4f {
  return select(vec4f(0.0), x[source.place + vector], source.inside);
}

// Row i of the 4 x 4 weights between vec4 `inner` of x and vec4 `outer` of y. Rows past the last meet zeros of x, or
// channels of y that are not stored.
fn weights(tapRow: u32, column: u32, inner: u32, outer: u32, i: u32) -> vec4f {
  if (TRANSPOSED) {
    return w[params.wOffset + (tapRow + min(outer * 4u + i, params.lastRow)) * params.wStride + column + inner];
  }
  return w[params.wOffset + (tapRow + min(inner * 4u + i, params.lastRow)) * params.wStride + column + outer];
}

fn product(value: vec4f, w0: vec4f, w1: vec4f, w2: vec4f, w3: vec4f) -> vec4f {
  if (TRANSPOSED) {
    return vec4f(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3));
  }
  return value.x * w0 + value.y * w1 + value.z * w2 + value.w * w3;
}

fn store(strip: Strip, pixel: u32, outer: u32, group: u32, value: vec4f) {
  let column = strip.column + pixel * params.spacing;
  if (column >= params.width || outer >= params.vectors) {
    return;
  }
  let yRow = strip.image * params.yHeight + strip.row * params.yRowStep + params.yRowStart;
  let yPixel = yRow * params.yWidth + column * params.yColumnStep + params.yColumnStart;
  let lanes = vec4u(0u, 1u, 2u, 3u) + outer * 4u;
  let place = params.yOffset + yPixel * params.yStride + group * params.vectors + outer;
  y[place] = select(vec4f(0.0), value, lanes < vec4u(params.channels));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = ((workgroup.z * groups.x + workgroup.x) * WORKGROUP + local) * STRIPS;
  if (first >= params.strips) {
    return;
  }
  let p = stripOf(first);
  let q = stripOf(min(first + 1u, params.strips - 1u));
  let step = params.xColumnStep * i32(params.spacing);
  let group = workgroup.y / params.blocks;
  let outer0 = workgroup.y % params.blocks * BLOCK;
  let outer1 = min(outer0 + 1u, params.vectors - 1u);
  let xVector = group * params.depth;
  let wColumn = group * select(params.vectors, params.depth, TRANSPOSED);

  var s0: vec4f;
  var t0: vec4f;
  if (params.hasBias != 0u) {
    s0 = bias[params.biasOffset + group * params.vectors + outer0];
    t0 = bias[params.biasOffset + group * params.vectors + outer1];
  }
  var s1 = s0;
  var s2 = s0;
  var s3 = s0;
  var s4 = s0;
  var s5 = s0;
  var s6 = s0;
  var s7 = s0;
  var t1 = t0;
  var t2 = t0;
  var t3 = t0;
  var t4 = t0;
  var t5 = t0;
  var t6 = t0;
  var t7 = t0;

  let outerTurns = select(params.tapColumns, params.depth, SLIDE);
  let innerTurns = select(params.depth, params.tapColumns, SLIDE);
  for (var i = 0u; i < params.tapRows; i++) {
    let pRow = tapRowOf(p, i);
    let qRow = tapRowOf(q, i);
    for (var m = 0u; m < outerTurns; m++) {
      var x0: vec4f;
      var x1: vec4f;
      var x2: vec4f;
      var x3: vec4f;
      var x4: vec4f;
      var x5: vec4f;
      var x6: vec4f;
      var x7: vec4f;
      var source0: Source;
      var source1: Source;
      var source2: Source;
      var source3: Source;
      var source4: Source;
      var source5: Source;
      var source6: Source;
      var source7: Source;
      if (SLIDE) {
        for (var k = 1u; k < params.stripPixels; k++) {
          x0 = x1;
          x1 = x2;
          x2 = load(sourceOf(pRow, p.xColumn + i32(k - 1u) * step), xVector + m);
          if (STRIPS > 1u) {
            x4 = x5;
            x5 = x6;
            x6 = load(sourceOf(qRow, q.xColumn + i32(k - 1u) * step), xVector + m);
          }
        }
      } else {
        let shift = i32(m) * params.tapColumnStep;
        source0 = sourceOf(pRow, p.xColumn + shift);
        source1 = sourceOf(pRow, p.xColumn + shift + step);
        source2 = sourceOf(pRow, p.xColumn + shift + 2 * step);
        source3 = sourceOf(pRow, p.xColumn + shift + 3 * step);
        if (STRIPS > 1u) {
          source4 = sourceOf(qRow, q.xColumn + shift);
          source5 = sourceOf(qRow, q.xColumn + shift + step);
          source6 = sourceOf(qRow, q.xColumn + shift + 2 * step);
          source7 = sourceOf(qRow, q.xColumn + shift + 3 * step);
        }
      }
      for (var n = 0u; n < innerTurns; n++) {
        let inner = select(n, m, SLIDE);
        let j = i32(select(m, n, SLIDE));
        let vector = xVector + inner;
        if (SLIDE) {
          let shift = j * params.tapColumnStep + 3 * step;
          x3 = load(sourceOf(pRow, p.xColumn + shift), vector);
          if (STRIPS > 1u) {
            x7 = load(sourceOf(qRow, q.xColumn + shift), vector);
          }
        } else {
          x0 = load(source0, vector);
          x1 = load(source1, vector);
          x2 = load(source2, vector);
          x3 = load(source3, vector);
          if (STRIPS > 1u) {
            x4 = load(source4, vector);
            x5 = load(source5, vector);
            x6 = load(source6, vector);
            x7 = load(source7, vector);
          }
        }
        let tap = params.firstTap + i32(i) * params.tapRowStride + j * params.tapColumnStride;
        let tapRow = u32(tap) * params.wRows;
        let w0 = weights(tapRow, wColumn, inner, outer0, 0u);
        let w1 = weights(tapRow, wColumn, inner, outer0, 1u);
        let w2 = weights(tapRow, wColumn, inner, outer0, 2u);
        let w3 = weights(tapRow, wColumn, inner, outer0, 3u);
        s0 += product(x0, w0, w1, w2, w3);
        s1 += product(x1, w0, w1, w2, w3);
        s2 += product(x2, w0, w1, w2, w3);
        s3 += product(x3, w0, w1, w2, w3);
        if (STRIPS > 1u) {
          s4 += product(x4, w0, w1, w2, w3);
          s5 += product(x5, w0, w1, w2, w3);
          s6 += product(x6, w0, w1, w2, w3);
          s7 += product(x7, w0, w1, w2, w3);
        }
        if (BLOCK > 1u) {
          let w0 = weights(tapRow, wColumn, inner, outer1, 0u);
          let w1 = weights(tapRow, wColumn, inner, outer1, 1u);
          let w2 = weights(tapRow, wColumn, inner, outer1, 2u);
          let w3 = weights(tapRow, wColumn, inner, outer1, 3u);
          t0 += product(x0, w0, w1, w2, w3);
          t1 += product(x1, w0, w1, w2, w3);
          t2 += product(x2, w0, w1, w2, w3);
          t3 += product(x3, w0, w1, w2, w3);
          if (STRIPS > 1u) {
            t4 += product(x4, w0, w1, w2, w3);
            t5 += product(x5, w0, w1, w2, w3);
            t6 += product(x6, w0, w1, w2, w3);
            t7 += product(x7, w0, w1, w2, w3);
          }
        }
        if (SLIDE) {
          x0 = x1;
          x1 = x2;
          x2 = x3;
          x4 = x5;
          x5 = x6;
          x6 = x7;
        }
      }
    }
  }

  for (var pixel = 0u; pixel < params.stripPixels; pixel++) {
    store(p, pixel, outer0, group, s0);
    if (BLOCK > 1u) {
      store(p, pixel, outer0 + 1u, group, t0);
    }
    if (STRIPS > 1u && first + 1u < params.strips) {
      store(q, pixel, outer0, group, s4);
      if (BLOCK > 1u) {
        store(q, pixel, outer0 + 1u, group, t4);
      }
    }
    s0 = s1;
    s1 = s2;
    s2 = s3;
    s4 = s5;
    s5 = s6;
    s6 = s7;
    t0 = t1;
    t1 = t2;
    t2 = t3;
    t4 = t5;
    t5 = t6;
    t6 = t7;
  }
}
