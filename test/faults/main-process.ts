/** A main process to be killed: trains the run named on the command line and writes its events, one JSON object a line. */
import { openApplication } from '../../src/main/application.ts';
import type { Input } from '../../src/shared/contract/index.ts';

const [workspace, input] = process.argv.slice(2) as [string, string];
const application = openApplication({ workspace, shell: 'cli' });
application.onAny((event, payload) => {
  if (event === 'run.changed' || event === 'run.epoch' || event === 'run.progress') {
    process.stdout.write(`${JSON.stringify({ event, payload, children: application.childPids() })}\n`);
  }
});
await application.call('training.start', JSON.parse(input) as Input<'training.start'>);
