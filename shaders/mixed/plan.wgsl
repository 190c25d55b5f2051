// Plan of the passes over a stack of candidates: for each entry (a candidate of an edge) its slot and, per channel,
// the factors of (x - mean) * scale + shift, multiplied by the weight of the entry. An entry is closed, and left out
// by the passes, where its weight is zero or it has no slot. After the entries comes the skip connection of each
// edge.
// Layout: w is a row of scalars, one per entry and, with skip connections, one more per edge; entries is a row of
// slots, where values from `slots` on stand for none; factors is [3][normalised * vectors]: mean, scale, shift, or
// unless scaled only the means. plan starts with one vec4 per entry: its slot, or -1 where closed; then
// [entries][3][vectors]: mean, scale, shift.
// Grid: one invocation per (entry, column).

struct Params {
  vectors: u32,
  count: u32,
  slotted: u32,
  slots: u32,
  normalised: u32,
  wOffset: u32,
  entriesOffset: u32,
  factorsOffset: u32,
  scaled: u32,
}

const WORKGROUP: u32 = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> entries: array<u32>;
@group(0) @binding(3) var<storage, read> factors: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> plan: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.count * params.vectors) {
    return;
  }
  let vector = id.x % params.vectors;
  let entry = id.x / params.vectors;
  let weight = w[params.wOffset * 4u + entry];
  var slot = params.slots;
  var open = weight != 0.0;
  if (entry < params.slotted) {
    slot = entries[params.entriesOffset * 4u + entry];
    open = open && slot < params.slots;
  }
  var mean = vec4f(0.0);
  var scale = vec4f(1.0);
  var shift = vec4f(0.0);
  if (slot < params.normalised) {
    let place = params.factorsOffset + slot * params.vectors + vector;
    mean = factors[place];
    if (params.scaled != 0u) {
      scale = factors[place + params.normalised * params.vectors];
      shift = factors[place + 2u * params.normalised * params.vectors];
    }
  }
  if (vector == 0u) {
    plan[entry] = vec4f(select(-1.0, f32(slot), open));
  }
  let place = params.count + entry * 3u * params.vectors + vector;
  plan[place] = mean;
  plan[place + params.vectors] = weight * scale;
  plan[place + 2u * params.vectors] = weight * shift;
}
