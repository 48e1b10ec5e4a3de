/** The workspace where none is given: the user's folder; `UNROLL_WORKSPACE` overrides. */
import { userFolder } from '../user-folder.ts';

export const defaultWorkspace = (): string => process.env.UNROLL_WORKSPACE || userFolder();
