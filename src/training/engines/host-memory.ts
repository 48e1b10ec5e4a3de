/** The memory of the machine, or of the part of it this process may use, in bytes: an engine on the processor has no more. */
import { totalmem } from 'node:os';

/** A limit on the process (a container's, say) counts where it is below what the machine has. */
export const hostMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);
