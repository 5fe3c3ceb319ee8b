import { LRUCache } from 'lru-cache';
import type { MessageToSend } from './claim-batch.ts';
import type { Sending } from './sending.ts';

const TOLD_KEPT = 1_000;

/**
 * Raises an alarm for a message that is larger than the mail server takes: all of its kind wait until somebody raises that
 * limit. Told once for each kind of a change, and not by mail.
 */
export function oversizeAlarm({
  log,
  metrics,
}: Pick<Sending, 'log' | 'metrics'>): (unsent: MessageToSend, response: string) => void {
  const told = new LRUCache<string, true>({ max: TOLD_KEPT });
  return ({ message, change }, response) => {
    metrics?.tooLarge();
    const what = `${change.id} ${message.kind}`;
    if (told.has(what)) return;
    told.set(what, true);
    log.error(
      { message: message.id, kind: message.kind, change: change.id, fault: response },
      'a message is larger than the mail server takes; it waits until that limit is raised',
    );
  };
}
