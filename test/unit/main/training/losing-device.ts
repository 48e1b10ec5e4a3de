/**
 * For a training child, before anything else in it: destroys every graphics device it opens when it gets SIGUSR2, as a driver
 * that is restarted does.
 */
import { globals } from 'webgpu';

const { GPUAdapter } = globals as unknown as { GPUAdapter: { prototype: GPUAdapter } };
const open = GPUAdapter.prototype.requestDevice;

GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await open.call(this, descriptor);
  process.once('SIGUSR2', () => device.destroy());
  return device;
};
