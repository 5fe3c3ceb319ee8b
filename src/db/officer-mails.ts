import type { FailuresOfChange, FoldedMails } from '../domain/officer-digest.ts';
import { MAX_OF_A_KIND_PER_HOUR, type OfficerMail } from '../domain/officer-mail.ts';
import { NAMED_CUSTOMERS, type Customer, type Customers } from '../domain/officer-words.ts';
import { oneRow, rows, type Queryable, type Transaction } from './postgres.ts';

const FAILURE = `e.type in ('notice.failed', 'notice.bounced')`;

/**
 * Queues a mail to the officers of a product, in the queue of the mails to the company itself. Sent after the commit, behind
 * messages to controllers. One of a kind of which very many came within the hour is folded: the next digest tells it. Does nothing
 * where the product has no address of officers, or the digest of that time exists.
 */
export async function insertOfficerMail(
  tx: Transaction,
  product: string,
  mail: OfficerMail & { readonly at: Temporal.Instant; readonly coversUntil?: Temporal.Instant },
): Promise<void> {
  await rows(
    tx,
    `insert into operator_mails (kind, subject, body, page, created_at, next_attempt_at, covers_until, product_id, recipient,
       status)
     select $2, $3, $4, $5, $6, $6, $7, p.id, p.officers_address,
       case when (select count(*) from operator_mails o where o.product_id = p.id and o.kind = $2 and o.status <> 'folded'
         and o.created_at > $6::timestamptz - interval '1 hour') < $8 then 'pending' else 'folded' end
     from products p where p.id = $1 and p.officers_address is not null
     on conflict do nothing`,
    [product, mail.kind, mail.subject, mail.body, mail.page, mail.at, mail.coversUntil ?? null, MAX_OF_A_KIND_PER_HOUR],
  );
}

/** Queues a mail to each person who may approve what is proposed for a product, but for who acts (D60). Sent as those above. */
export async function insertApproverMails(
  tx: Transaction,
  product: string,
  mail: Pick<OfficerMail, 'subject' | 'body' | 'page'> & { readonly at: Temporal.Instant; readonly except: string },
): Promise<void> {
  await rows(
    tx,
    `insert into operator_mails (kind, subject, body, page, created_at, next_attempt_at, product_id, recipient)
     select 'proposal', $2, $3, $4, $5, $5, $1, p.email from people p
     where p.email <> '[erased]' and may_approve_proposals('person ' || p.id, $1) and person_behind($6) <> 'person ' || p.id
     order by p.id`,
    [product, mail.subject, mail.body, mail.page, mail.at, mail.except],
  );
}

/** A product for each address of officers. */
export async function productsWithOfficers(db: Queryable): Promise<{ id: string; timeZone: string }[]> {
  return rows(
    db,
    `select distinct on (officers_address) id, time_zone as "timeZone" from products where officers_address is not null
     order by officers_address, id`,
  );
}

/** A controller with its deadline for a change; `null` while it is not notified. */
export async function customerOf(
  db: Queryable,
  changeId: string,
  externalId: string,
): Promise<Customer & { deadline: Temporal.Instant | null }> {
  return oneRow(
    db,
    `select k.external_id as "externalId", k.name, (select w.deadline from objection_windows w
         where w.change_id = $1 and w.controller_id = k.id order by w.created_at desc limit 1) as deadline
     from controllers k where k.external_id = $2`,
    [changeId, externalId],
  );
}

/** The controllers with a pending objection to a change, and those with an unread answer. */
export async function openCustomersOf(
  db: Queryable,
  changeId: string,
): Promise<{ objecting: Customers; answering: Customers }> {
  const of = (asked: string) =>
    oneRow<Customers>(
      db,
      `select ${customers('true')} from (select distinct k.external_id, k.name from controllers k join ${asked}) k`,
      [changeId],
    );
  return {
    objecting: await of(`objections o on o.controller_id = k.id and o.change_id = $1 and o.status = 'pending'`),
    answering: await of(`answers a on a.controller_id = k.id and a.change_id = $1 and a.status = 'unread'`),
  };
}

/** The products whose officers have to be told of failures before `until`, and since when they have not been. */
export async function digestsDue(
  db: Queryable,
  { until, first }: { until: Temporal.Instant; first: Temporal.Instant },
): Promise<{ product: string; since: Temporal.Instant }[]> {
  return rows(
    db,
    `select p.id as product, told.since from products p cross join lateral (
         select coalesce(max(covers_until), $2) as since from operator_mails where product_id = p.id) told
     where p.officers_address is not null and told.since < $1
       and (exists (select from events e where e.product_id = p.id and ${FAILURE} and e.at >= told.since and e.at < $1)
         or exists (select from operator_mails o where o.product_id = p.id and o.status = 'folded'
           and o.created_at >= told.since and o.created_at < $1))
     order by p.id`,
    [until, first],
  );
}

/** The notices of a product that failed or bounced from `since` to before `until`, by change. */
export async function failuresOf(
  db: Queryable,
  product: string,
  { since, until }: { since: Temporal.Instant; until: Temporal.Instant },
): Promise<(FailuresOfChange & { changeId: string })[]> {
  const found = await rows<{ changeId: string; notices: number; customers: Customers; unreached: Customers }>(
    db,
    `with failed as (
       select e.change_id, e.data #>> '{notice,controller}' as external_id, count(distinct e.data #>> '{notice,id}') as notices
       from events e where e.product_id = $1 and ${FAILURE} and e.at >= $2 and e.at < $3 group by 1, 2
     ), judged as (
       select f.change_id, f.notices, k.external_id, k.name,
         exists (select from objection_windows w where w.change_id = f.change_id and w.controller_id = k.id
           and w.left_at is null and w.notified_at is null)
         and exists (select from changes c where c.id = f.change_id and c.status = 'announced')
         and not exists (select from messages m where m.change_id = f.change_id and m.controller_id = k.id
           and m.kind = 'notice' and m.status in ('pending', 'in-flight')) as is_unreached
       from failed f join controllers k on k.external_id = f.external_id
     )
     select change_id as "changeId", sum(notices)::integer as notices,
       (select to_jsonb(x) from (select ${customers('true')} from judged k where k.change_id = j.change_id) x) as customers,
       (select to_jsonb(x) from (select ${customers('is_unreached')} from judged k where k.change_id = j.change_id) x) as unreached
     from judged j group by change_id order by change_id`,
    [product, since, until],
  );
  return found;
}

/** The folded mails to the officers of a product from `since` to before `until`, by kind. */
export async function foldedMails(
  db: Queryable,
  product: string,
  { since, until }: { since: Temporal.Instant; until: Temporal.Instant },
): Promise<FoldedMails[]> {
  return rows(
    db,
    `select count(*)::integer as count, (array_agg(subject order by id))[1:${NAMED_CUSTOMERS}] as subjects
     from operator_mails where product_id = $1 and status = 'folded' and created_at >= $2 and created_at < $3
     group by kind order by kind`,
    [product, since, until],
  );
}

/** The columns of `Customers`, of the controllers `k` that `condition` holds for. */
function customers(condition: string): string {
  return `(count(*) filter (where ${condition}))::integer as count, coalesce(to_jsonb((array_agg(
    jsonb_build_object('externalId', external_id, 'name', name) order by external_id) filter (where ${condition}))[1:${NAMED_CUSTOMERS}]),
    '[]') as named`;
}
