import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');

/** A Chromium that can be run: its program, and the environment with its libraries and fonts. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Record<string, string>;
}

/**
 * The Chromium of the npm package, unpacked once per installation beside it: the machine needs no browser, library or font
 * of its own.
 */
export async function unpackedChromium(): Promise<Chromium> {
  const manifest = await readFile(path.join(MODULES, '@sparticuz/chromium/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = path.join(MODULES, '.cache');
  const home = path.join(cache, `chromium-${version}`);
  if (!existsSync(home)) await unpackInto(cache, home);
  return {
    executablePath: path.join(home, 'chromium'),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      LD_LIBRARY_PATH: path.join(home, 'al2023/lib'),
      FONTCONFIG_FILE: path.join(home, 'fonts.conf'),
      // Chromium sets these two itself, the second from a thread while others read the environment: glibc then moves the
      // environment under the readers, and one start in hundreds ends with SIGSEGV. What is there already does not move.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      FC_FONTATIONS: '1',
    },
  };
}

async function unpackInto(cache: string, home: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${home}-`);
  try {
    // The package unpacks into the temporary folder, and brings its libraries where it believes itself on Lambda.
    await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', `await (await import('@sparticuz/chromium')).default.executablePath()`],
      { cwd: MODULES, env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' } },
    );
    await writeFile(path.join(unfinished, 'fonts.conf'), fontsIn(home));
    // All of it or nothing: another test file may be unpacking at the same time.
    await rename(unfinished, home);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

/** The machine's own fonts where it has any, and the one of the package. */
function fontsIn(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${path.join(home, 'fonts')}</dir>
  <cachedir>${path.join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
