import type pg from 'pg';
import { approveProposal } from '../../src/commands/decide-proposal.ts';
import { propose } from '../../src/commands/propose.ts';
import { saveProduct } from '../../src/commands/save-product.ts';
import { readAct } from '../../src/api/proposal-schemas.ts';
import { insertPerson } from '../../src/db/people.ts';
import { insertPersonRole } from '../../src/db/person-roles.ts';
import { inTransaction } from '../../src/db/postgres.ts';
import type { Author } from '../../src/domain/author.ts';
import { actorOfPerson } from '../../src/domain/author.ts';
import type { Role } from '../../src/domain/permission.ts';
import type { Proposal, SecondPersonAct } from '../../src/domain/proposal.ts';
import { aProduct } from './examples.ts';
import { at } from './seed.ts';

/** What an officer records of an approval that has come by letter. */
export const APPROVAL_BY_LETTER = {
  controller: 'kunde-1',
  channel: 'letter',
  receivedAt: '2026-03-02T09:00:00Z',
  from: { name: 'Dorthe Persson', role: 'Direktør' },
  statement: 'Vi godkender, at der behandles i Indien.',
  authority: 'Tegningsberettiget efter CVR',
};

/** Somebody of the company with this role, for TrueTalk unless another product is named, as the author of acts. */
export async function somebody(
  pool: pg.Pool,
  name: string,
  role: Role,
  product: string | null = 'truetalk',
): Promise<string> {
  return inTransaction(pool, async (tx) => {
    const by = at('2026-03-02T08:00:00Z');
    const { id } = await insertPerson(tx, { name, email: `${name.toLowerCase()}@telenor.example` }, by);
    await insertPersonRole(tx, { personId: id, role, product, source: 'given' }, by);
    return actorOfPerson(id);
  });
}

/** That actor, at that time. */
export const as = (actor: string, when: string): Author => ({ at: Temporal.Instant.from(when), actor });

/** TrueTalk asks two people for these acts from now on. */
export async function asksTwoFor(pool: pg.Pool, when: string, ...secondPerson: SecondPersonAct[]): Promise<void> {
  await inTransaction(pool, (tx) => saveProduct(tx, aProduct({ secondPerson }), at(when)));
}

/** Proposes an act, given as the API takes it. */
export function proposeAct(pool: pg.Pool, act: unknown, by: Author): Promise<Proposal> {
  const wire: unknown = JSON.parse(JSON.stringify(readAct(JSON.parse(JSON.stringify(act)))));
  const asked = { wire, judgedAt: by.at };
  return inTransaction(pool, async (tx) => (await propose(tx, readAct(wire), asked, by)).proposal);
}

/** Approves what was proposed, by its hash. */
export function approveProposed(
  pool: pg.Pool,
  { id, hash }: Pick<Proposal, 'id' | 'hash'>,
  by: Author,
): Promise<Proposal> {
  return inTransaction(pool, (tx) => approveProposal(tx, id, { hash, read: readAct, judgedAt: by.at }, by));
}
