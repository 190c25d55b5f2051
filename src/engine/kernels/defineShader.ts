import { AttributeError } from '../errors/errors.js';
import { definedSources, parseShader, type Shader } from './shader.js';
import { shaderSources } from './shaderSources.js';

const NAME = /^[\w.@-]+(\/[\w.@-]+)+$/;
const ENTRY_POINT = /@compute\b[^;{]*\bfn\s+main\s*\(/;
/** Storage buffers per shader stage that every WebGPU device has. */
const MOST_STORAGE_BUFFERS = 8;

/**
 * Adds a compute shader, so that an operation's kernel calls can name it (`KernelCall.kernel`). The name holds for the
 * whole process; defining it again with the same source changes nothing.
 *
 * What the source has to be:
 * - one entry point `fn main` with `@compute`; storage and uniform variables in `@group(0)` only, at most 8 of storage;
 * - uniforms are the fields of `struct Params`, each u32, i32 or f32, bound as `var<uniform> params: Params`;
 * - storage variables of f32 tensors are `array<vec4f>`, of u32 tensors `array<vec4u>` (`array<vec4<Element>>` with
 *   `alias Element = f32;` for f16 too): a tensor is rows of vec4s from an offset with a stride (`TensorView`), and padding
 *   lanes must be written zero;
 * - what a kernel call specialises (`KernelCall.constants`) is a top-level `const NAME: TYPE = VALUE;` or `alias`.
 *
 * WGSL itself is compiled when a program first uses the shader. Saved tunings are void when a shader of this package
 * changes, but not when a defined one does: give the family of a variant choice another name when what its variants
 * compute changes.
 * @param name of at least two parts, such as "mypackage/hardSwish", that no other shader has
 * @param source WGSL
 * @returns the name
 * @throws {AttributeError} when the name is malformed or taken by another source, or the source breaks one of the first
 * two rules
 */
export function defineShader(name: string, source: string): string {
  if (!NAME.test(name))
    throw new AttributeError(
      `defineShader: name is "${name}", wanted at least two parts of letters, digits, ".", "@", "-" or "_" separated by "/", such as "mypackage/hardSwish"`,
    );
  if (Object.hasOwn(shaderSources, name))
    throw new AttributeError(`defineShader: name "${name}" belongs to a shader of this package; choose another`);
  const known = definedSources.get(name);
  if (known === source) return name;
  if (known !== undefined)
    throw new AttributeError(`defineShader: name "${name}" is defined with another source; choose another name`);
  checkSource(parseShader(name, source));
  definedSources.set(name, source);
  return name;
}

/** Rejects what the runtime could not read: declarations that `parseShader` does not recognise. */
function checkSource({ name, source, bindings, uniforms }: Shader): void {
  const code = source.replace(/\/\/[^\n]*/g, '');
  const wrong = (problem: string): never => {
    throw new AttributeError(`defineShader: source of "${name}": ${problem}`);
  };
  if (!ENTRY_POINT.test(code)) wrong('got no entry point, wanted "@compute @workgroup_size(...) fn main("');
  const declared = [...code.matchAll(/@binding\b[^;]*;/g)].length;
  if (declared !== bindings.length)
    wrong(
      `got ${declared} bindings of which ${bindings.length} can be read, wanted each as "@group(0) @binding(N) var<uniform> params: Params;" or "@group(0) @binding(N) var<storage, read or read_write> name: type;"`,
    );
  const numbers = bindings.map(({ binding }) => binding);
  if (new Set(numbers).size !== numbers.length)
    wrong(`got bindings ${numbers.join(', ')}, wanted each number once; give every variable its own`);
  const storage = bindings.filter(({ kind }) => kind !== 'uniform');
  if (storage.length > MOST_STORAGE_BUFFERS)
    wrong(`got ${storage.length} storage buffers, wanted at most ${MOST_STORAGE_BUFFERS}; split the kernel`);
  if (!storage.some(({ kind }) => kind === 'write'))
    wrong('got no read_write storage variable, wanted one for the output');
  const params = /struct\s+Params\s*\{([^}]*)\}/.exec(code)?.[1] ?? '';
  const fields = params.split(':').length - 1;
  if (fields !== uniforms.length || params.includes('@'))
    wrong(
      `got ${fields} fields of Params of which ${uniforms.length} can be read, wanted each "name: type" with type u32, i32 or f32 and no attribute`,
    );
  const buffers = bindings.filter(({ kind }) => kind === 'uniform');
  if (buffers.length > 1 || (buffers.length === 1) !== uniforms.length > 0)
    wrong(
      `got ${buffers.length} uniform variables and ${uniforms.length} fields of Params, wanted one variable "params: Params" with at least one field, or neither`,
    );
}
