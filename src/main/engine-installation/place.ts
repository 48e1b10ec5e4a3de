/** Where installed engines lie: in the user's folder, for all workspaces; `UNROLL_ENGINES` overrides. */
import { join } from 'node:path';
import { userFolder } from '../user-folder.ts';

export const enginesFolder = (): string => process.env.UNROLL_ENGINES || join(userFolder(), 'engines');
