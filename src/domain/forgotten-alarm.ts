import type { Log } from './log.ts';

/**
 * Makes the alarm that we have forgotten a message (D32), which sounds once. `what` completes "… is of a message that is not on
 * record".
 */
export function forgottenAlarm(what: string): (log: Pick<Log, 'error'>, messageId: string) => void {
  let isTold = false;
  return (log, messageId) => {
    if (isTold) return;
    isTold = true;
    const alarm = `${what} is of a message that is not on record: was the database restored to an earlier point?`;
    log.error({ message: messageId }, `${alarm} What is sent by it is kept under /v1/mails?attributed=false`);
  };
}
