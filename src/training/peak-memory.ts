/** The most memory this process has taken. */
import { readFileSync } from 'node:fs';

/** In bytes. Linux counts, in what `getrusage` says, what the process that started this one took before. */
export function peakBytes(): number {
  if (process.platform === 'linux') {
    const highest = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (highest) return Number(highest[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
