import { rows, type Transaction } from './postgres.ts';

/** Records a notice by letter (D13). */
export async function insertLetter(
  tx: Transaction,
  letter: {
    changeId: string;
    controllerId: string;
    arrivedOn: Temporal.PlainDate;
    reference: string;
    at: Temporal.Instant;
    actor: string;
  },
): Promise<void> {
  await rows(
    tx,
    `insert into letters (change_id, controller_id, arrived_on, reference, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6)`,
    [letter.changeId, letter.controllerId, letter.arrivedOn, letter.reference, letter.at, letter.actor],
  );
}
