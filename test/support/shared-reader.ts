import { mailReader, type MailReader } from '../../src/inbound/mail-reader.ts';

/*
 * One reader of mails for all products that a file starts: the start of a thread costs more than the test that needs it.
 * `leave-nothing.ts` stops it at the end of the file.
 */
let reader: MailReader | null = null;

export const sharedReader = (): MailReader => (reader ??= mailReader());

export async function stopSharedReader(): Promise<void> {
  await reader?.stop();
  reader = null;
}
