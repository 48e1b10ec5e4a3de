/**
 * A graphics adapter in software for the tests, where the machine has none: the SwiftShader and the Vulkan loader that come
 * inside npm `@sparticuz/chromium`. The tests' processes inherit where they are.
 */
import { join } from 'node:path';
import { chromiumPart } from './chromium-part.ts';

/** For vitest: sets it up before the first test. `VK_DRIVER_FILES` names another Vulkan driver, which is then used. */
export default function setup(): void {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES) return;
  const place = chromiumPart('swiftshader');
  process.env.VK_DRIVER_FILES = join(place, 'vk_swiftshader_icd.json');
  process.env.LD_LIBRARY_PATH = [place, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
}
