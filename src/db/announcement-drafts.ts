import { createHash } from 'node:crypto';
import { row, rows, type Queryable, type Transaction } from './postgres.ts';

/** An announcement that a person is typing: the fields of its forms, by their names. */
export interface AnnouncementDraft {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  /** How often it was saved. */
  readonly version: number;
  /** The address of what became of it; `null` while it is being typed. */
  readonly ledTo: string | null;
  readonly savedAt: Temporal.Instant;
}

const COLUMNS = `id, fields, version, led_to as "ledTo", saved_at as "savedAt"`;
/** So many of a person are listed. */
const MOST_LISTED = 100;

/** Begins a draft; of a form that was sent twice, `once` and the fields are the same, and so is the draft. */
export async function insertDraft(
  db: Queryable,
  { personId, once, fields }: Pick<AnnouncementDraft, 'fields'> & { personId: string; once: string },
  now: Temporal.Instant,
): Promise<AnnouncementDraft> {
  const begunBy = JSON.stringify([personId, once, fields]);
  const id = createHash('sha256').update(begunBy).digest('hex').slice(0, 32);
  const begun = await row<AnnouncementDraft>(
    db,
    `insert into announcement_drafts (id, person_id, fields, created_at, saved_at) values ($1, $2, $3, $4, $4)
     on conflict (id) do nothing returning ${COLUMNS}`,
    [id, personId, JSON.stringify(fields), now],
  );
  return begun ?? ((await findDraft(db, personId, id)) as AnnouncementDraft);
}

/** A draft of this person; `null` where it has none of that id. */
export async function findDraft(db: Queryable, personId: string, id: string): Promise<AnnouncementDraft | null> {
  return row<AnnouncementDraft>(db, `select ${COLUMNS} from announcement_drafts where id = $1 and person_id = $2`, [
    id,
    personId,
  ]);
}

/** The drafts that a person is typing, the one that was saved last first; 100 at most. */
export async function draftsOf(db: Queryable, personId: string): Promise<AnnouncementDraft[]> {
  return rows<AnnouncementDraft>(
    db,
    `select ${COLUMNS} from announcement_drafts where person_id = $1 and led_to is null
     order by saved_at desc, id desc limit ${MOST_LISTED}`,
    [personId],
  );
}

/** Saves a draft over the version that it was typed from. `null`, and nothing is saved, where it is another by now, or gone. */
export async function saveDraft(
  db: Queryable,
  personId: string,
  { id, fields, version }: Pick<AnnouncementDraft, 'id' | 'fields' | 'version'>,
  now: Temporal.Instant,
): Promise<AnnouncementDraft | null> {
  return row<AnnouncementDraft>(
    db,
    `update announcement_drafts set fields = $4, version = version + 1, saved_at = greatest(saved_at, $5)
     where id = $1 and person_id = $2 and version = $3 and led_to is null returning ${COLUMNS}`,
    [id, personId, version, JSON.stringify(fields), now],
  );
}

/** Keeps what became of a draft. */
export async function endDraft(db: Queryable, personId: string, id: string, ledTo: string): Promise<void> {
  await rows(db, 'update announcement_drafts set led_to = $3 where id = $1 and person_id = $2', [id, personId, ledTo]);
}

/** Throws a draft away, if the person has one of that id. */
export async function deleteDraft(db: Queryable, personId: string, id: string): Promise<void> {
  await rows(db, 'delete from announcement_drafts where id::text = $1 and person_id = $2', [id, personId]);
}

/** Throws away every draft in which this address is typed: who is erased is named in none (D52). */
export async function deleteDraftsNaming(tx: Transaction, email: string): Promise<void> {
  await rows(tx, 'delete from announcement_drafts where position(lower($1) in lower(fields::text)) > 0', [email]);
}
