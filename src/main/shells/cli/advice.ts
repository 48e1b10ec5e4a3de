/** What a catalogue's hint means on the command line: the option or the command that does it. */
import type { ErrorCode } from '../../../shared/errors.ts';

const COMMANDS: Partial<Record<ErrorCode, string>> = {
  'file-exists': '--replace',
  'file-format-unknown': '--format',
  'column-missing': '--text-column, --label-column',
  'column-unknown': '--text-column, --label-column',
  'text-column-missing': '--text-column',
  'data-without-words': '--tokens, --word-index',
  'model-untrained': 'unroll train --model MODEL --data NAME',
  'engine-unavailable': '--engine; unroll engines',
  'device-unknown': '--device; unroll engines; unroll engines use webgpu --device NAME',
  'engine-not-installed': '--python, --packages, --gpu',
  'training-diverged': '--learning-rate, --clipnorm',
  'run-not-resumable': 'unroll train --help',
  'workspace-read-only': '--workspace',
  'workspace-newer': '--workspace',
  'workspace-damaged': 'unroll workspace repair; unroll workspace restore FILE; --workspace',
  'port-unavailable': '--port',
};

/** ` (--format)`, to stand behind the hint; empty where no option or command belongs to the error. */
export function advice(code: string): string {
  const command = (COMMANDS as Partial<Record<string, string>>)[code];
  return command === undefined ? '' : ` (${command})`;
}
