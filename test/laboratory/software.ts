import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LOGS, PLACE, PORTS } from './config.ts';

const run = promisify(execFile);

const START_WITHIN_MS = 180_000;
const PACKAGES = path.join(PLACE, 'packages');
const at = (file: string) => path.join(PLACE, file);

interface Server {
  readonly name: string;
  readonly command: readonly string[];
  /** `startServers` waits until all of them are open. */
  readonly ports: readonly number[];
  /** How it is ended, where it does not end with the process that started it. */
  readonly stop?: readonly string[];
}

const postfix = (name: string, ...ports: number[]): Server => ({
  name,
  command: ['postfix', '-c', at(name), 'start-fg'],
  stop: ['postfix', '-c', at(name), 'stop'],
  ports,
});

const SERVERS: readonly Server[] = [
  {
    name: 'rspamd',
    command: [
      ...`rspamd -f -u _rspamd -g _rspamd -c ${at('rspamd/rspamd.conf')}`.split(' '),
      ...['LOCAL_CONFDIR', 'DBDIR', 'RUNDIR'].map((name) => `--var=${name}=${at('rspamd')}`),
    ],
    // It takes long to start, and is wanted last.
    ports: [],
  },
  postfix('relay', PORTS.relay),
  postfix('postfix', PORTS.postfix, PORTS.srsIn),
  {
    name: 'exim',
    command: [`${PACKAGES}/exim4-daemon-light/usr/sbin/exim4`, '-C', at('exim/exim.conf'), '-bdf', '-q5s'],
    ports: [PORTS.exim],
  },
  {
    name: 'opensmtpd',
    command: [`${PACKAGES}/opensmtpd/usr/sbin/smtpd`, '-d', '-f', at('opensmtpd/smtpd.conf')],
    ports: [PORTS.opensmtpd],
  },
  {
    name: 'dovecot',
    command: ['dovecot', '-F', '-c', at('dovecot/dovecot.conf')],
    ports: [PORTS.dovecot],
  },
  {
    name: 'postgrey',
    command: ['postgrey', `--inet=127.0.0.1:${PORTS.postgrey}`, '--delay=20', `--dbdir=${at('postgrey')}`],
    ports: [PORTS.postgrey],
  },
  {
    name: 'postsrsd',
    command: `postsrsd -4 -s${at('srs-secret')} -dsrs.example -f${PORTS.srsForward} -r${PORTS.srsReverse}`.split(' '),
    ports: [PORTS.srsForward, PORTS.srsReverse],
  },
];

/** Configures every server anew and starts it. Rejects with where its log is when one does not open its ports. */
export async function startServers(parts: AsyncDisposableStack): Promise<void> {
  await run(path.join(import.meta.dirname, 'configure'));
  for (const server of SERVERS) {
    const log = openSync(path.join(LOGS, `${server.name}.started`), 'w');
    const [program = '', ...options] = server.command;
    const child = spawn(program, options, { stdio: ['ignore', log, log] });
    await once(child, 'spawn');
    parts.defer(() => end(child, server));
  }
  for (const { name, ports } of SERVERS) {
    for (const port of ports) await untilOpen(port, name);
  }
}

async function end(child: ChildProcess, { stop = [] }: Server): Promise<void> {
  const [program, ...options] = stop;
  if (program !== undefined) await run(program, options).catch(() => undefined);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Waits until a server listens on this port. Rejects with where its log is when it does not. */
export async function untilOpen(port: number, name: string): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS;
  while (!(await isOpen(port))) {
    if (performance.now() > deadline) throw new Error(`${name} did not open port ${port}; see ${LOGS}`);
    await sleep(100);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
