import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOGS, PLACE, PORTS } from './config.ts';

const REPLY_WITHIN_MS = 30_000;
const WORDS = `Hej Telenor

Vi gør indsigelse mod Nordlys Hosting 1 ApS, fordi der mangler en revisionserklæring.

Venlig hilsen
Mette Holm
`;

const ENV = { ...process.env, HOME: `${PLACE}/people`, TERM: 'xterm', LC_ALL: 'C.UTF-8' };
const log = () => openSync(path.join(LOGS, 'people'), 'a');

/** The mails that Dovecot has delivered to an address, as files. */
export async function mailsOf(address: string): Promise<string[]> {
  const folder = path.join(PLACE, 'mail', address, 'Maildir/new');
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => path.join(folder, name));
}

/** Waits for the notice to an address, and returns the mailbox that it is in. */
async function mailboxWithNotice(address: string): Promise<string> {
  const deadline = performance.now() + REPLY_WITHIN_MS;
  while ((await mailsOf(address)).length === 0) {
    if (performance.now() > deadline) throw new Error(`no notice has come to ${address}`);
    await sleep(200);
  }
  return path.join(PLACE, 'mail', address, 'Maildir');
}

/** Answers the notice with s-nail, quoting it: to its `From`. */
export async function replyWithSNail(address: string): Promise<void> {
  const mailbox = await mailboxWithNotice(address);
  const settings = `set v15-compat=y mta=smtp://127.0.0.1:${PORTS.postfix} smtp-auth=none from="Mette Holm <${address}>" quote`;
  const child = spawn('s-nail', ['-#', '-n', '-X', settings, '-f', mailbox], {
    stdio: ['pipe', 'ignore', log()],
    env: ENV,
  });
  child.stdin?.end(`Reply 1\n${WORDS}\n~.\nexit\n`);
  await untilEnded(child);
}

/** Answers the notice with mutt on a terminal, quoting it: to its `Reply-To`. */
export async function replyWithMutt(address: string): Promise<void> {
  const mailbox = await mailboxWithNotice(address);
  const command = `mutt -n -F ${PLACE}/people/muttrc -f ${mailbox}`;
  const child = spawn('script', ['-qefc', command, `${LOGS}/mutt`], { stdio: ['pipe', 'pipe', log()], env: ENV });
  // Mutt drops what is typed before it asks.
  const typed = new Map([
    ['y:Send', 'y'],
    ['Mail sent', 'q'],
  ]);
  let shown = '';
  child.stdout?.on('data', (part) => {
    shown += String(part);
    for (const [seen, key] of typed) {
      if (shown.includes(seen) && typed.delete(seen)) child.stdin?.write(key);
    }
  });
  await untilEnded(child);
}

async function untilEnded(child: ChildProcess): Promise<void> {
  const impatience = setTimeout(() => child.kill(), REPLY_WITHIN_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(impatience);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}; see ${LOGS}/people`);
}
