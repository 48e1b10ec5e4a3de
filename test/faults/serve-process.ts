/** A process that serves a workspace, and tells once a second what memory and handles it holds. */
import { openApplication } from '../../src/main/application.ts';
import { serve } from '../../src/main/shells/serve.ts';
import { held } from './held.ts';

const [workspace] = process.argv.slice(2) as [string];
const application = openApplication({ workspace, shell: 'serve' });
const { address } = await serve(application, { port: 0 });
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
tell({ address });
setInterval(() => tell(held()), 1000);
