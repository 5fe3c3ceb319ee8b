import { isInTimeForPlan } from '../domain/objection-window.ts';
import type { MessageToSend } from './claim-batch.ts';
import type { Sending } from './sending.ts';

/**
 * Counts a message that has failed for good. Raises an alarm, once and not by mail, when a notice becomes too late for the
 * planned day of its change.
 */
export function lateNoticeAlarm({
  log,
  metrics,
}: Pick<Sending, 'log' | 'metrics'>): (unsent: MessageToSend, nextAt: Temporal.Instant | null) => void {
  return ({ message, change, opensWindow }, nextAt) => {
    if (nextAt === null) return metrics?.failed();
    if (!opensWindow || !isInTimeForPlan(message.dueAt, change) || isInTimeForPlan(nextAt, change)) return;
    metrics?.endangered();
    log.error(
      {
        message: message.id,
        controller: message.controllerId,
        change: change.id,
        nextAttemptAt: nextAt.toString(),
        plannedActivationOn: change.plannedActivationOn.toString(),
      },
      'a notice comes so late that its window would end after the planned day',
    );
  };
}
