import { NasTransferError } from '../errors/errors.js';
import type { ShaderConstants } from '../graph/operation.js';
import { shaderSources } from './shaderSources.js';

/** A storage or uniform variable of a shader. */
export interface ShaderBinding {
  readonly name: string;
  readonly binding: number;
  readonly kind: 'uniform' | 'read' | 'write';
}

/** A field of a shader's `struct Params`; all fields are 4-byte scalars, one after the other. */
export interface ShaderUniform {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32';
}

/** A shader and its interface. */
export interface Shader {
  /** Path under shaders/ without ".wgsl". */
  readonly name: string;
  /** WGSL. */
  readonly source: string;
  readonly bindings: readonly ShaderBinding[];
  readonly uniforms: readonly ShaderUniform[];
}

const BINDING =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read_write|read))?\s*>\s*(\w+)\s*:/g;
const PARAMS = /struct\s+Params\s*\{([^}]*)\}/;
const FIELD = /(\w+)\s*:\s*(u32|i32|f32)\s*,?/g;

const cache = new Map<string, Shader>();

/** Sources added by `defineShader`, by name. */
export const definedSources = new Map<string, string>();

/** A shader by name, its bindings and uniforms parsed from its source. @throws {NasTransferError} when there is none */
export function shaderOf(name: string): Shader {
  const source = shaderSources[name] ?? definedSources.get(name);
  let shader = cache.get(name);
  if (shader?.source !== source || !shader) {
    if (source === undefined)
      throw new NasTransferError(
        `shader "${name}": unknown; wanted a file of shaders/ or a name given to defineShader`,
      );
    shader = parseShader(name, source);
    cache.set(name, shader);
  }
  return shader;
}

/** Parses the bindings and uniforms of WGSL source in the form that shaders/ uses. */
export function parseShader(name: string, source: string): Shader {
  const code = source.replace(/\/\/[^\n]*/g, '');
  const bindings = [...code.matchAll(BINDING)].map(([, binding, space, access, variable]): ShaderBinding => {
    const kind = space === 'uniform' ? 'uniform' : access === 'read_write' ? 'write' : 'read';
    return { name: variable, binding: Number(binding), kind };
  });
  const uniforms = [...(PARAMS.exec(code)?.[1] ?? '').matchAll(FIELD)].map(
    ([, field, type]): ShaderUniform => ({ name: field, type: type as ShaderUniform['type'] }),
  );
  return { name, source, bindings, uniforms };
}

/**
 * Specialises a shader: replaces the values of top-level constants and the element types of aliases, and enables f16 where it is
 * used. Only numbers, booleans and the names of the two element types are inserted, so no other text can become part of a shader.
 * @returns WGSL
 * @throws {NasTransferError} when there is no such constant, or its value has the wrong type
 */
export function specialise(shader: Shader, constants: ShaderConstants): string {
  let { source } = shader;
  for (const [name, value] of Object.entries(constants)) {
    let found = false;
    source = source.replace(
      new RegExp(`^(const ${name}: (u32|i32|f32|bool) = |alias ${name} = )[^;]+;`, 'm'),
      (_, head: string, type?: string) => {
        found = true;
        return `${head}${type ? literal(value, type) : elementType(value)};`;
      },
    );
    if (!found) throw new NasTransferError(`shader "${shader.name}": no top-level constant ${name} to specialise`);
  }
  // On the first line, so that line numbers in compiler messages match the file.
  return Object.values(constants).includes('f16') ? `enable f16; ${source}` : source;
}

function elementType(value: ShaderConstants[string]): string {
  if (value === 'f32' || value === 'f16') return value;
  throw new NasTransferError(`shader element type: got ${value}, wanted f32 or f16`);
}

function literal(value: ShaderConstants[string], type: string): string {
  if (type === 'bool') return value ? 'true' : 'false';
  const number = Number(value);
  if (!Number.isFinite(number)) throw new NasTransferError(`shader constant: got ${value}, wanted a finite number`);
  if (type === 'f32') return Number.isInteger(number) ? `${number}.0` : `${number}`;
  return `${number}${type === 'u32' ? 'u' : 'i'}`;
}

/**
 * Encodes the fields of a shader's `struct Params`.
 * @returns bytes, padded to a multiple of 16
 * @throws {NasTransferError} when a field is missing, unknown or out of range
 */
export function encodeUniforms(shader: Shader, values: Readonly<Record<string, number>>): Uint8Array {
  const bytes = new Uint8Array(Math.max(16, Math.ceil(shader.uniforms.length / 4) * 16));
  const view = new DataView(bytes.buffer);
  const unknown = Object.keys(values).filter((name) => !shader.uniforms.some((field) => field.name === name));
  if (unknown.length > 0)
    throw new NasTransferError(`shader "${shader.name}": uniforms ${unknown.join(', ')} are not fields of its Params`);
  shader.uniforms.forEach((field, index) => {
    const value = values[field.name];
    if (value === undefined) throw new NasTransferError(`shader "${shader.name}": uniform ${field.name} has no value`);
    if (field.type === 'f32') view.setFloat32(index * 4, value, true);
    else if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32 || (field.type === 'u32' && value < 0))
      throw new NasTransferError(`shader "${shader.name}": uniform ${field.name} is ${value}, wanted a ${field.type}`);
    else if (field.type === 'u32') view.setUint32(index * 4, value, true);
    else view.setInt32(index * 4, value, true);
  });
  return bytes;
}
