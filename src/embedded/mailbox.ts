/**
 * A mailbox for a machine without a configured SMTP server: MailDev accepts every mail, relays none, and shows all on a web
 * page.
 *
 * MailDev runs in a worker thread, started from this same file, because ending the thread stops it completely and at once.
 * MailDev itself prints to stdout even when set to silent, leaves its SMTP port open when its web port is taken, and in its
 * stop() waits for every open browser and SMTP connection.
 */
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';

const THREAD = 'varsel-mailbox';
const MAILS_KEPT = 1_000;

export interface Mailbox {
  readonly smtpUrl: string;
  /** The address of the page. `/api/email` below it lists the mails as JSON. */
  readonly webUrl: string;
  /** Resolves when both ports are free; may be called again. */
  stop(): Promise<void>;
}

/** The options of the thread. */
interface ThreadData {
  thread: typeof THREAD;
  smtpPort: number;
  webPort: number;
  directory: string;
}

/** The thread's report: the ports that it listens on, or why it failed to start. */
type Report = { smtpPort: number; webPort: number } | { failed: string };

/**
 * Opens the mailbox on 127.0.0.1 and resolves when it accepts mail; port 0 means any free one. Keeps the newest 1,000 mails,
 * over restarts if `directory` is given, which is then closed to other users, else until stop().
 *
 * Rejects when a port is taken, naming it and the variable that changes it, and when the package `maildev` is missing.
 */
export async function startMailbox(options: {
  smtpPort: number;
  webPort: number;
  directory?: string;
}): Promise<Mailbox> {
  // By default, every MailDev on the machine would share one directory.
  const temporary = options.directory ? undefined : await mkdtemp(join(tmpdir(), 'varsel-mailbox-'));
  const directory = options.directory ?? temporary;
  if (options.directory) await makePrivate(options.directory);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { thread: THREAD, smtpPort: options.smtpPort, webPort: options.webPort, directory },
    stdout: true,
  });
  worker.stdout.resume();
  const stop = async () => {
    await worker.terminate();
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };

  try {
    const report: Report = (await once(worker, 'message'))[0];
    if ('failed' in report) throw new Error(report.failed);
    worker.on('error', (error) => process.emitWarning(`The embedded mailbox has stopped: ${String(error)}`));
    return { smtpUrl: `smtp://127.0.0.1:${report.smtpPort}`, webUrl: `http://127.0.0.1:${report.webPort}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes a directory its owner's alone: mails have the links of customers. MailDev makes it, and its files, for all to read. */
async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
}

async function runMailDev(data: ThreadData): Promise<Report> {
  try {
    const { MailDev } = await import('maildev');
    const maildev = new MailDev({
      smtp: data.smtpPort,
      ip: '127.0.0.1',
      web: data.webPort,
      webIp: '127.0.0.1',
      mailDirectory: data.directory,
      maxEmails: MAILS_KEPT,
      silent: true,
    });
    const { smtp, api } = await maildev.start();
    return { smtpPort: smtp.getPort(), webPort: api?.getPort() ?? data.webPort };
  } catch (error) {
    return { failed: explain(error, data) };
  }
}

function explain(error: unknown, { smtpPort }: ThreadData): string {
  const { code, port, message }: { code?: string; port?: number; message?: string } =
    error instanceof Error ? error : {};
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return (
      `The embedded mailbox cannot be loaded: ${message}. ` +
      'Install its npm package with npm ci (without --omit=dev), or set SMTP_URL to a mail server.'
    );
  }
  if (port === undefined) return `The embedded mailbox does not start: ${String(error)}`;
  const [purpose, variable] = port === smtpPort ? ['SMTP server', 'MAILBOX_SMTP_PORT'] : ['web page', 'MAILBOX_PORT'];
  const problem = code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${message})`;
  return `Port ${port} for the ${purpose} of the embedded mailbox ${problem}. Choose another with ${variable}.`;
}

const threadData: ThreadData | null = workerData;
if (threadData?.thread === THREAD) {
  const report = await runMailDev(threadData);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread, not a window
  parentPort?.postMessage(report);
}
