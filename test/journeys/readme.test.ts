import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../bench/varsel.ts';
import { dataDirectory, endAll, startProcess, type VarselProcess } from './varsel-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOON = { timeout: 20_000, interval: 50 };

/** Every command of these sections of the README, block by block, in order. */
const BLOCKS = [...blocksUnder('Try it'), ...blocksUnder('Follow along')];

function blocksUnder(heading: string): string[] {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [section = ''] = new RegExp(`^## ${heading}\\n[^]*?(?=^## )`, 'm').exec(readme) ?? [];
  // A block inside a step is indented like the step.
  return [...section.matchAll(/^( *)```sh\n([^]*?)^ *```$/gm)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** The addresses and paths in the README, and their replacements in this test. */
let places: [string, string][];
let directory: string;
let running: VarselProcess;
let shell: Shell;

/** Starts Varsel as the README does, on free ports and a folder of its own. */
async function start(env: Record<string, string> = {}): Promise<void> {
  const [, api = '', mailbox = '', inbound = ''] = places.map(([, here]) => here.split(':').at(-1) ?? '');
  running = startProcess({
    DATA_DIR: directory,
    PORT: api,
    MAILBOX_PORT: mailbox,
    INBOUND_SMTP_PORT: inbound,
    ...env,
  });
  await running.up;
}

/** One shell for all blocks, as a reader uses: variables and functions of a block are kept for the next. */
class Shell {
  readonly #bash = spawn('bash', [], { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  #written = '';

  constructor() {
    for (const stream of [this.#bash.stdout, this.#bash.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#written += text));
    }
  }

  /** Runs a block, and returns its output. */
  async run(block: string): Promise<string> {
    this.#written = '';
    const commands = places.reduce((text, [readme, here]) => text.replaceAll(readme, here), block);
    this.#bash.stdin.write(`${commands}\necho; echo done-with-block\n`);
    await vi.waitFor(() => expect(this.#written).toContain('\ndone-with-block\n'), SOON);
    return this.#written.replace('\ndone-with-block\n', '');
  }

  end(): void {
    this.#bash.stdin.end();
  }
}

beforeAll(async () => {
  directory = await dataDirectory();
  const [api, mailbox, inbound] = [await freePort(), await freePort(), await freePort()];
  places = [
    ['data/admin-api-key', path.join(directory, 'admin-api-key')],
    ['localhost:3000', `localhost:${api}`],
    ['127.0.0.1:1080', `127.0.0.1:${mailbox}`],
    ['127.0.0.1:2525', `127.0.0.1:${inbound}`],
  ];
  await start();
  shell = new Shell();
});
afterAll(async () => {
  shell.end();
  await endAll();
});

describe('The commands of the README, run as they stand there', () => {
  const next = () => {
    const block = BLOCKS.shift();
    if (block === undefined) throw new Error('the README has fewer blocks than this test');
    return block;
  };

  test('announces a change', async () => {
    await shell.run(next());
    expect(await shell.run('echo $ID')).toMatch(/^[0-9a-f-]{36}$/m);
  });

  test('1. every contact has its notice in the mailbox', async () => {
    const block = next();
    await vi.waitFor(async () => {
      expect((await shell.run(block)).match(/Nordlys Hosting ApS/g)).toHaveLength(4);
    }, SOON);
  });

  test('2. an objection without reasons is rejected, one with reasons is pending', async () => {
    const printed = await shell.run(next());
    expect(printed).toContain('"code":"reasons-required"');
    expect(printed).toContain('"status":"pending"');
  });

  test('3. the activation is refused, with every blocker', async () => {
    const printed = await shell.run(next());
    expect(printed).toContain('"status":"announced"');
    expect(printed).toContain('"code":"activation-blocked"');
    for (const code of ['objection-windows-open', 'objections-pending', 'planned-date-not-reached']) {
      expect(printed).toContain(`"code":"${code}"`);
    }
  });

  test('4. the objection is resolved', async () => {
    expect(await shell.run(next())).toContain('"outcome":"accommodated"');
  });

  test('5. an answer by mail becomes an objection, which is resolved', async () => {
    expect(await shell.run(next())).toContain('"outcome":"accommodated"');
    expect(await shell.run('varsel /v1/changes/$ID')).toContain('"answers":{"total":1,"unread":0}');
  });

  test('6. thirty days later the change is activated, and in the register', async () => {
    const [, offset = ''] = /^CLOCK_OFFSET=(\S+) npm start$/m.exec(next()) ?? [];
    expect((await running.stop()).code).toBe(0);
    // Only the last block uses webhooks to this machine; the README starts Varsel again for it.
    await start({ CLOCK_OFFSET: offset, WEBHOOK_ALLOW_PRIVATE: 'true' });
    const printed = await shell.run(next());
    expect(printed).toContain('"status":"activated"');
    // The change has entries of its own; the register is printed last.
    const register = printed.split('"entries":').at(-1);
    expect(register).toContain('"name":"Nordlys Hosting ApS"');
    const page = await fetch(`http://${places[1]?.[1]}/register/truetalk`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('Nordlys Hosting ApS');
  });

  test('creates a webhook for the consumer', async () => {
    expect(await shell.run(next())).toContain('"secret":"whsec_');
  });

  test('has no step that is not run here', () => {
    expect(BLOCKS).toEqual([]);
  });
});
