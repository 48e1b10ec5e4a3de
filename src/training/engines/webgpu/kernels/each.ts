/** The form of the shaders that `GpuBackend.runOver` runs: a thread for each number of an array. */
import type { Shader } from '../backend.ts';

interface Bindings {
  /** In the order of the tensors given: `read> x: array<f32>`, `read_write> y: array<i32>`. */
  arrays: readonly string[];
  /** Of the uniforms behind the count and the threads of a row. */
  sizes?: readonly string[];
  /** Structures that the arrays are made of. */
  structures?: string;
}

/** @param body what a thread does; `at` is the place of its number */
export const each = (
  name: string,
  { arrays, sizes = [], structures = '' }: Bindings,
  body: string,
): Shader => ({
  name,
  code: `
struct Sizes { ${['count', 'perRow', ...sizes].map((size) => `${size}: u32`).join(', ')} }
${structures}
${arrays.map((array, i) => `@group(0) @binding(${i}) var<storage, ${array};`).join('\n')}
@group(0) @binding(${arrays.length}) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * sizes.perRow + id.x;
  if (id.x >= sizes.perRow || at >= sizes.count) { return; }
${body}
}`,
});
