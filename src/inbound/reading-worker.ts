import { parentPort } from 'node:worker_threads';
import { readMail, type ReadMail } from './read-mail.ts';

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
const post = (mail: ReadMail | null) => parentPort?.postMessage(mail);

parentPort?.on('message', (raw: Uint8Array) => {
  readMail(Buffer.from(raw)).then(post, () => post(null));
});
