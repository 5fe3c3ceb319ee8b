import * as events from '../../api/events.ts';
import type { Queryable } from '../../db/postgres.ts';
import { namesOfCustomers } from '../customer-names.ts';
import { consolePage } from '../page.ts';
import type { Visit } from '../visit.ts';
import { givenIn, storyAddress, withQuery } from '../addresses.ts';
import { changeShown, type ChangeShown } from './change-shown.ts';

/** How many of the latest the page of a change shows. */
const LATEST = 10;

/** `GET /console/changes/:id/timeline`: all that has happened to a change, the latest first. */
export const timeline = consolePage('events:read', async (visit, { api }) => {
  const shown = await changeShown(visit);
  const { t, title, href } = shown;
  const given = givenIn(visit.query, ['type']);
  const found = await eventsOf(visit, shown, { ...given, ...givenIn(visit.query, ['cursor']) }, api.pool);
  return {
    view: 'console/change/views/timeline',
    title: t.timeline.page(title),
    model: {
      t,
      href,
      heading: t.timeline.page(title),
      action: `${href}/timeline`,
      type: given.type ?? '',
      types: Object.entries(t.timeline.types).map(([value, name]) => ({ value, name })),
      timeline: found.rows,
      next: found.next && withQuery(`${href}/timeline`, { ...given, cursor: found.next }),
    },
  };
});

/** The latest of what has happened to a change; nothing for who may not read it. */
export async function latestEvents(visit: Visit, shown: ChangeShown, db: Queryable) {
  if (!visit.may('events:read', shown.change.product)) return [];
  return (await eventsOf(visit, shown, { limit: LATEST }, db)).rows;
}

async function eventsOf(
  visit: Visit,
  { change, t, times }: ChangeShown,
  query: Readonly<Record<string, unknown>>,
  db: Queryable,
) {
  const { items, nextCursor } = await visit.ask(events.listOfChange, { params: { id: change.id }, query });
  const found = items.map(({ data }) => customerOf(data));
  const nameOf = await namesOfCustomers(
    db,
    found.filter((customer) => customer !== null),
  );
  const rows = items.map(({ type, timestamp }, index) => {
    const customer = found[index] ?? null;
    return {
      when: times.moment(timestamp),
      what: t.event[type as keyof typeof t.event] ?? type,
      customer: customer && nameOf(customer),
      href: customer && storyAddress(change.id, customer),
    };
  });
  return { rows, next: nextCursor };
}

/** The customer that an event is about, by the part of it that names one; `null` of what concerns all. */
function customerOf(data: object): string | null {
  for (const part of Object.values(data)) {
    if (typeof part !== 'object' || part === null) continue;
    const { controller, externalId } = part as { controller?: unknown; externalId?: unknown };
    const found = controller ?? externalId;
    if (typeof found === 'string') return found;
  }
  return null;
}
