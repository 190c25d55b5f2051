// Gradient of a convolution by its weights as a matrix product with tiles in workgroup memory, dw[tap, c, k] = sum
// over pixels of x[pixel at tap, c] * dy[pixel, k], in chunks of pixels: `chunks` partial sums, which
// reduce/columnSums adds (with one chunk dw itself). For GPUs, on which a barrier is cheap.
//
// Layout: x and dy are views of pixels x vec4s of channels; dw is chunks of taps of `wRows` rows (input channels) of
// vec4s over the output channels.
//
// The rows of the product are the sequence of taps x vec4s of x's channels, each of four rows of dw; its columns are
// vec4s of dy. Each step covers DEPTH pixels. A workgroup computes TILE_ROWS x TILE_VECTORS of those vec4s for one
// chunk; an invocation ROWS, LINES apart, x BLOCK, COLUMNS apart. Tiles are double-buffered: while an invocation
// multiplies one pair of tiles it holds vec4s of the next pair in registers, and then stores them to the other pair
// of buffers, with one barrier per step.
// Grid: tiles, columns within rows within groups, in x; chunks in y.

struct Params {
  rowTiles: u32,
  columnTiles: u32,
  pixels: u32,
  chunkPixels: u32,
  height: u32,
  width: u32,
  dyOffset: u32,
  dyStride: u32,
  xOffset: u32,
  xStride: u32,
  xHeight: u32,
  xWidth: u32,
  rowStep: i32,
  rowStart: i32,
  tapRowStep: i32,
  columnStep: i32,
  columnStart: i32,
  tapColumnStep: i32,
  tapRows: u32,
  tapColumns: u32,
  rowVectors: u32,
  columnVectors: u32,
  wOffset: u32,
  wStride: u32,
  wRows: u32,
}

const WORKGROUP: u32 = 256u;
// Invocations along the channels of dy.
const COLUMNS: u32 = 16u;
// vec4s of x's channels and of dy's channels per invocation, 1 or 2 each.
const ROWS: u32 = 2u;
const BLOCK: u32 = 2u;
// Pixels per step. A tile of x is one or two vec4s per invocation, a tile of dy at most one.
const DEPTH: u32 = 8u;
// Element types of x and dy.
alias X = f32;
alias Dy = f32;

const LINES: u32 = WORKGROUP / COLUMNS;
const TILE_ROWS: u32 = LINES * ROWS;
const TILE_VECTORS: u32 = COLUMNS * BLOCK;
const X_TILE: u32 = TILE_ROWS * DEPTH;
const DY_TILE: u32 = TILE_VECTORS * DEPTH;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<X>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<Dy>>;
@group(0) @binding(3) var<storage, read_write> dw: array<vec4f>;

var<workgroup> xTiles: array<vec4f, 2u * X_TILE>;
var<workgroup> dyTiles: array<vec4f, 2u * DY_TILE>;

// Pixel number `index` of dy.
struct Pixel {
  index: u32,
  image: u32,
  row: u32,
  column: u32,
}

fn pixelOf(index: u32) -> Pixel {
  let line = index / params.width;
  return Pixel(index, line / params.height, line % params.height, index % params.width);
}

fn advance(start: Pixel) -> Pixel {
  var pixel = start;
  pixel.index += DEPTH;
  pixel.column += DEPTH;
  for (; pixel.column >= params.width; pixel.column -= params.width) {
    pixel.row += 1u;
    if (pixel.row >= params.height) {
      pixel.row = 0u;
      pixel.image += 1u;
    }
  }
  return pixel;
}

// A row of vec4s of the product: a tap (beyond the last one where there is none) and a vec4 of the group's channels.
struct Row {
  tapRow: u32,
  tapColumn: u32,
  vector: u32,
}

fn rowOf(index: u32) -> Row {
  let tap = index / params.rowVectors;
  return Row(tap / params.tapColumns, tap % params.tapColumns, index % params.rowVectors);
}

// Four channels of x at a tap of a pixel of dy, zero outside the image and beyond the chunk.
fn loadX(pixel: Pixel, row: Row, end: u32, group: u32) -> vec4f {
  let xRow = i32(pixel.row) * params.rowStep + params.rowStart + i32(row.tapRow) * params.tapRowStep;
  let xColumn = i32(pixel.column) * params.columnStep + params.columnStart + i32(row.tapColumn) * params.tapColumnStep;
  let rowInside = xRow >= 0 && xRow < i32(params.xHeight);
  let columnInside = xColumn >= 0 && xColumn < i32(params.xWidth);
  let inside = pixel.index < end && row.tapRow < params.tapRows && rowInside && columnInside;
  let place = ((pixel.image * params.xHeight + u32(xRow)) * params.xWidth + u32(xColumn)) * params.xStride;
  let value = vec4f(x[params.xOffset + select(0u, place + group * params.rowVectors + row.vector, inside)]);
  return select(vec4f(0.0), value, inside);
}

// Four channels of dy, zero beyond the chunk.
fn loadDy(index: u32, vector: u32, end: u32, group: u32) -> vec4f {
  let inside = index < end && vector < params.columnVectors;
  let place = index * params.dyStride + group * params.columnVectors + vector;
  return select(vec4f(0.0), vec4f(dy[params.dyOffset + select(0u, place, inside)]), inside);
}

// Writes one vec4 of dw: channel `lane` of a row of vec4s of the product.
fn store(chunk: u32, row: Row, lane: u32, vector: u32, group: u32, value: vec4f) {
  let channel = row.vector * 4u + lane;
  if (row.tapRow < params.tapRows && channel < params.wRows && vector < params.columnVectors) {
    let tap = (chunk * params.tapRows + row.tapRow) * params.tapColumns + row.tapColumn;
    let line = tap * params.wRows + channel;
    dw[params.wOffset + line * params.wStride + group * params.columnVectors + vector] = value;
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(local_invocation_index) local: u32) {
  let chunk = groupId.y;
  let firstVector = groupId.x % params.columnTiles * TILE_VECTORS;
  let firstRow = groupId.x / params.columnTiles % params.rowTiles * TILE_ROWS;
  let group = groupId.x / params.columnTiles / params.rowTiles;
  let start = chunk * params.chunkPixels;
  let end = min(start + params.chunkPixels, params.pixels);

  // What this invocation loads: neighbouring invocations load neighbouring vec4s of one pixel.
  let xRow = rowOf(firstRow + local % TILE_ROWS);
  var p = pixelOf(start + local / TILE_ROWS);
  var q = pixelOf(start + (local + WORKGROUP) / TILE_ROWS);
  let dyVector = firstVector + local % TILE_VECTORS;
  var dyPixel = start + local / TILE_VECTORS;
  let loadsDy = local < DY_TILE;

  // What it computes: s and t for the first vec4 of x's channels, u and v the second; t and v the second of dy's.
  let line = local / COLUMNS;
  let column = local % COLUMNS;
  var s0: vec4f;
  var s1: vec4f;
  var s2: vec4f;
  var s3: vec4f;
  var t0: vec4f;
  var t1: vec4f;
  var t2: vec4f;
  var t3: vec4f;
  var u0: vec4f;
  var u1: vec4f;
  var u2: vec4f;
  var u3: vec4f;
  var v0: vec4f;
  var v1: vec4f;
  var v2: vec4f;
  var v3: vec4f;

  xTiles[local] = loadX(p, xRow, end, group);
  if (X_TILE > WORKGROUP) {
    xTiles[local + WORKGROUP] = loadX(q, xRow, end, group);
  }
  if (loadsDy) {
    dyTiles[local] = loadDy(dyPixel, dyVector, end, group);
  }
  workgroupBarrier();

  let steps = (end - start + DEPTH - 1u) / DEPTH;
  for (var step = 0u; step < steps; step++) {
    p = advance(p);
    dyPixel += DEPTH;
    let pNext = loadX(p, xRow, end, group);
    var qNext: vec4f;
    if (X_TILE > WORKGROUP) {
      q = advance(q);
      qNext = loadX(q, xRow, end, group);
    }
    var dyNext: vec4f;
    if (loadsDy) {
      dyNext = loadDy(dyPixel, dyVector, end, group);
    }

    let xTile = step % 2u * X_TILE + line;
    let dyTile = step % 2u * DY_TILE + column;
    for (var pixel = 0u; pixel < DEPTH; pixel++) {
      let x0 = xTiles[xTile + pixel * TILE_ROWS];
      let dy0 = dyTiles[dyTile + pixel * TILE_VECTORS];
      s0 += x0.x * dy0;
      s1 += x0.y * dy0;
      s2 += x0.z * dy0;
      s3 += x0.w * dy0;
      if (ROWS > 1u) {
        let x1 = xTiles[xTile + pixel * TILE_ROWS + LINES];
        u0 += x1.x * dy0;
        u1 += x1.y * dy0;
        u2 += x1.z * dy0;
        u3 += x1.w * dy0;
      }
      if (BLOCK > 1u) {
        let dy1 = dyTiles[dyTile + pixel * TILE_VECTORS + COLUMNS];
        t0 += x0.x * dy1;
        t1 += x0.y * dy1;
        t2 += x0.z * dy1;
        t3 += x0.w * dy1;
        if (ROWS > 1u) {
          let x1 = xTiles[xTile + pixel * TILE_ROWS + LINES];
          v0 += x1.x * dy1;
          v1 += x1.y * dy1;
          v2 += x1.z * dy1;
          v3 += x1.w * dy1;
        }
      }
    }

    let other = (step + 1u) % 2u;
    xTiles[other * X_TILE + local] = pNext;
    if (X_TILE > WORKGROUP) {
      xTiles[other * X_TILE + local + WORKGROUP] = qNext;
    }
    if (loadsDy) {
      dyTiles[other * DY_TILE + local] = dyNext;
    }
    workgroupBarrier();
  }

  let row0 = rowOf(firstRow + line);
  let row1 = rowOf(firstRow + line + LINES);
  let vector0 = firstVector + column;
  let vector1 = vector0 + COLUMNS;
  store(chunk, row0, 0u, vector0, group, s0);
  store(chunk, row0, 1u, vector0, group, s1);
  store(chunk, row0, 2u, vector0, group, s2);
  store(chunk, row0, 3u, vector0, group, s3);
  if (BLOCK > 1u) {
    store(chunk, row0, 0u, vector1, group, t0);
    store(chunk, row0, 1u, vector1, group, t1);
    store(chunk, row0, 2u, vector1, group, t2);
    store(chunk, row0, 3u, vector1, group, t3);
  }
  if (ROWS > 1u) {
    store(chunk, row1, 0u, vector0, group, u0);
    store(chunk, row1, 1u, vector0, group, u1);
    store(chunk, row1, 2u, vector0, group, u2);
    store(chunk, row1, 3u, vector0, group, u3);
    if (BLOCK > 1u) {
      store(chunk, row1, 0u, vector1, group, v0);
      store(chunk, row1, 1u, vector1, group, v1);
      store(chunk, row1, 2u, vector1, group, v2);
      store(chunk, row1, 3u, vector1, group, v3);
    }
  }
}
