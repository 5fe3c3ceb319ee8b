import { appendToAuditLog } from '../db/audit-log.ts';
import { authorInWords } from '../db/authors.ts';
import { endInvitations, insertInvitationMail } from '../db/invitations.ts';
import { findPersonOnRecord, type PersonOnRecord } from '../db/people-on-record.ts';
import { findEnabledPerson, insertPerson, lockNewPeople, lockPerson, type Person } from '../db/people.ts';
import { insertGivenRoles } from '../db/person-roles.ts';
import type { Transaction } from '../db/postgres.ts';
import { insertSignInLink } from '../db/sign-in-links.ts';
import { authorWithoutId, type Author } from '../domain/author.ts';
import { INVITED_HOURS, invitationMail } from '../domain/invitation-mail.ts';
import type { Role } from '../domain/permission.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { expectSecondPersonForRole } from './expect-second-person.ts';
import { expectProducts } from './expect-products.ts';

/** A link to sign in with that is to be mailed: its id, and the hash of the secret that is derived from that. */
export interface LinkToMail {
  readonly id: string;
  readonly hash: Buffer;
}

/** Who is invited, and what the person may do from then on. */
export interface Invitation {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  /** `null` for all products. */
  readonly products: readonly string[] | null;
}

/**
 * Adds a person with a role, and mails a link to sign in with once, within a day (D57). Refuses with `person-exists` where somebody
 * with this address can sign in already, and with `product-unknown`.
 */
export async function invitePerson(
  tx: Transaction,
  { name, email, role, products }: Invitation,
  link: LinkToMail,
  by: Author,
): Promise<PersonOnRecord> {
  if (products !== null) await expectProducts(tx, products);
  await lockNewPeople(tx);
  if ((await findEnabledPerson(tx, email)) !== null) {
    throw refusedAt('email', 'person-exists', `Somebody with the address ${email} can sign in already.`);
  }
  await expectSecondPersonForRole(tx, { role, products }, by);
  const person = await insertPerson(tx, { name, email }, by);
  await insertGivenRoles(tx, { personId: person.id, role, products }, by);
  await appendToAuditLog(tx, by, [
    { action: 'person.invited', subject: person.id, details: { name, email, role, products } },
  ]);
  await mailLink(tx, person, link, by);
  return onRecord(tx, person.id, by);
}

/**
 * Mails a person another link to sign in with; an earlier one is good no more. It is the way back, too, for who has lost a passkey.
 * Refuses with `not-found` and `person-disabled`.
 */
export async function inviteAgain(tx: Transaction, id: string, link: LinkToMail, by: Author): Promise<PersonOnRecord> {
  const person = await expectEnabledPerson(tx, id);
  await appendToAuditLog(tx, by, [{ action: 'person.invited', subject: id, details: { again: true } }]);
  await mailLink(tx, person, link, by);
  return onRecord(tx, id, by);
}

/** The person, locked. Refuses with `not-found`, and with `person-disabled` where it cannot sign in any more. */
export async function expectEnabledPerson(tx: Transaction, id: string): Promise<Person> {
  const person = await lockPerson(tx, id);
  if (person === null) throw notFound(`person ${id}`);
  if (person.disabledAt !== null) {
    throw new Refused('person-disabled', 'The person has been disabled, for good. Invite the address anew instead.');
  }
  return person;
}

async function mailLink(tx: Transaction, person: Person, link: LinkToMail, by: Author): Promise<void> {
  await endInvitations(tx, person.id, by.at);
  const expiresAt = by.at.add({ hours: INVITED_HOURS });
  await insertSignInLink(tx, { ...link, personId: person.id, purpose: 'invitation', ...by, expiresAt });
  const invitedBy = authorWithoutId(await authorInWords(tx, by));
  const mail = invitationMail({ name: person.name, invitedBy, until: expiresAt });
  await insertInvitationMail(tx, { ...mail, linkId: link.id, recipient: person.email }, by);
}

/** The person as it is now. */
export async function onRecord(tx: Transaction, id: string, { at }: Author): Promise<PersonOnRecord> {
  const person = await findPersonOnRecord(tx, id, at);
  if (person === null) throw notFound(`person ${id}`);
  return person;
}
