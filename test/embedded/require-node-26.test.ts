import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';

const file = join(import.meta.dirname, '../../src/require-node-26.cjs');

test.each(['0.12.18', '18.20.4', '25.9.1'])(
  'Node %s is told in one sentence what is needed, and ends with 1',
  (found) => {
    const { write, exit } = runOn(found);
    expect(write).toHaveBeenCalledExactlyOnceWith(
      `Varsel needs Node 26 or newer, and this is Node ${found}. ` +
        'Start it with "npm start" after "npm ci", which brings Node 26 along, or install Node 26.\n',
    );
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
  },
);

test.each(['26.0.0', '26.10.0', '100.0.0'])('Node %s passes in silence', (found) => {
  const { write, exit } = runOn(found);
  expect(write).not.toHaveBeenCalled();
  expect(exit).not.toHaveBeenCalled();
});

const oldNode = findOldNode();

test.skipIf(!oldNode)(`A real older Node (${oldNode}) gets the sentence instead of a syntax error`, () => {
  const main = join(import.meta.dirname, '../../src/embedded/postgres.ts');
  const { status, stdout, stderr } = spawnSync(String(oldNode), ['--require', file, main], { encoding: 'utf8' });
  expect(stderr).toMatch(/^Varsel needs Node 26 or newer, and this is Node [\d.]+\. .*\n$/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

function runOn(node: string) {
  const [write, exit] = [vi.fn(), vi.fn()];
  runInNewContext(readFileSync(file, 'utf8'), { process: { versions: { node }, stderr: { write }, exit } });
  return { write, exit };
}

function findOldNode(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'));
  return places
    .map((place) => join(place, 'node'))
    .find((node) => {
      const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      return Number.parseInt(stdout?.slice(1) ?? '', 10) < 26;
    });
}
