// Labels of a batch: y = labels[index], or 0xffffffff ("no sample") where the index is beyond the last label.
// Layout: labels, indices and y are flat; `padded` elements of y are written, those from `count` on as zero.
// Grid: one invocation per element.

struct Params {
  count: u32,
  padded: u32,
  labelCount: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = id.x;
  if (place >= params.padded) {
    return;
  }
  var label = 0u;
  if (place < params.count) {
    label = 0xffffffffu;
    if (indices[place] < params.labelCount) {
      label = labels[indices[place]];
    }
  }
  y[place] = label;
}
