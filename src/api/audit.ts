import { z } from 'zod';
import { ACTIONS, listActs, type Act } from '../db/acts.ts';
import { instantText } from '../domain/instant.ts';
import { list as listing, placed } from '../http/list.ts';
import { readPlace, sorted, sortedPlace } from '../http/sorted-place.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, line, moment, openEnum, uuid } from './fields.ts';

const act = z
  .object({
    id: uuid,
    at: instantOut,
    actor: z.string(),
    action: openEnum(ACTIONS),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()).nullable(),
    detailsLeftOut: z.boolean(),
  })
  .meta({
    id: 'Act',
    description:
      'Who did what to what, and when (D28). `subject` is the id of what it was done to, and of a controller its external id. Of a webhook’s URL only the origin is shown. `detailsLeftOut`: they are longer than 10,000 characters.',
    examples: [
      {
        id: EXAMPLE_ID,
        at: '2026-11-25T09:00:00.000Z',
        actor: `Contract team (key ${EXAMPLE_ID})`,
        action: 'agreement.ended',
        subject: 'kunde-1001',
        details: { product: 'truetalk' },
        detailsLeftOut: false,
      },
    ],
  });

/** The path of a webhook's URL can be a secret. */
function detailsOf({ details }: Act): Act['details'] {
  return typeof details?.url === 'string' && URL.canParse(details.url)
    ? { ...details, url: new URL(details.url).origin }
    : details;
}

// For admins: it also shows what they alone do, to keys, webhooks and customers' contacts. Officers read each decision where it
// was made.
export const list = listing({
  operationId: 'listAudit',
  summary: 'Every act on record, with who did it; the latest first',
  tag: 'Audit',
  scope: 'audit:read',
  filters: {
    subject: line(200).optional().meta({ description: 'What it was done to: an id, or an external id.' }),
    actor: line(200).optional().meta({ description: 'A part of who did it: a name, or the id of a key.' }),
    action: z.enum(ACTIONS).optional(),
    from: moment.optional().meta({ description: 'From this on: an instant, or a day, which begins in Danish time.' }),
    to: moment.optional().meta({ description: 'Before this: an instant, or a day, which begins in Danish time.' }),
    sort: z.enum(['-at', 'at']).default('-at').meta({ description: '-at: the latest first.' }),
  },
  item: act,
  place: sorted,
  refusals: [],
  find: async (db, { query: { sort, ...filter }, after, limit }) =>
    placed(
      await listActs(db, filter, { sort, after: readPlace(after), limit }),
      ({ place }) => sortedPlace(place),
      ({ place: _place, ...each }) => ({ ...each, at: instantText(each.at), details: detailsOf(each) }),
    ),
  columns: ['id', 'at', 'actor', 'action', 'subject'],
});
