import { parentPort } from 'node:worker_threads';
import { readMail } from './read-mail.ts';

parentPort?.on('message', (raw: Uint8Array) => {
  // `null` for a mail that cannot be read.
  readMail(Buffer.from(raw)).then(
    (mail) => parentPort?.postMessage(mail),
    () => parentPort?.postMessage(null),
  );
});
