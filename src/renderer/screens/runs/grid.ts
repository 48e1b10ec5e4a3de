/** Values as a person lists them: `0.001, 0.01`, `adam, rmsprop`, `true, false`, `none`. */
import type { SettingValue } from '../../../shared/run-settings.ts';

function readValue(text: string): SettingValue {
  if (text === 'none' || text === 'null') return null;
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  const number = Number(text);
  return Number.isFinite(number) ? number : text.replace(/^"(.*)"$/, '$1');
}

export function readValues(text: string): SettingValue[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readValue);
}
