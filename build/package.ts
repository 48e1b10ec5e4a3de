/**
 * `npm run package -- [--dir] [--check] [--platform NAME]… [--output DIR] [--updates OWNER/REPOSITORY]`: builds what is stale and
 * makes the desktop package of this machine's platform, or of those named. `--dir` makes the application's folder only, without
 * a network, on Electron as it was downloaded or, where it was not, on a stand-in for it. `--check` then opens every package
 * and holds it to what it must contain.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { checkPackage, checkSizes } from './packaging/check.ts';
import { makeDeb } from './packaging/deb.ts';
import { pack, packagedFolder } from './packaging/pack.ts';
import { hostPlatform, packagePlatform, PLATFORMS, type PlatformName } from './packaging/platforms.ts';
import { root, targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    deb: { type: 'boolean', default: false },
    platform: { type: 'string', multiple: true },
    output: { type: 'string', default: join(root, 'dist/packages') },
    updates: { type: 'string' },
  },
});

function chosenPlatforms(): PlatformName[] {
  const host = hostPlatform();
  const names = values.platform ?? (host ? [host] : []);
  const unknown = names.find((name) => !PLATFORMS.some((known) => known === name));
  if (unknown !== undefined || names.length === 0) {
    process.stderr.write(`Name a platform with --platform: ${PLATFORMS.join(', ')}.\n`);
    process.exit(2);
  }
  return names as PlatformName[];
}

const { output } = values;
const platforms = chosenPlatforms().map(packagePlatform);
await build(targets);
for (const platform of platforms) {
  const made = await pack(platform, { folderOnly: values.dir, output, updates: values.updates });
  const folder = packagedFolder(output, platform);
  if (platform.system === 'linux' && (values.deb || !values.dir))
    made.push(makeDeb(folder, output, platform));
  for (const file of values.dir && made.length === 0 ? [folder] : made) console.log(file);
  if (values.check)
    for (const { what, found } of [...(await checkPackage(folder, platform)), ...checkSizes(made)])
      console.log(`ok  ${platform.name}: ${what}: ${found}`);
}
