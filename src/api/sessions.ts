import { z } from 'zod';
import { endSessionOf } from '../commands/end-session.ts';
import { listSessions, type SessionOnRecord } from '../db/session-list.ts';
import { allowedBy, type Caller } from '../domain/caller.ts';
import { instantText } from '../domain/instant.ts';
import { SIGN_IN_METHODS, type SignedIn } from '../domain/session.ts';
import { flag } from '../http/flag.ts';
import { list as listing, placed } from '../http/list.ts';
import { command } from '../http/operation.ts';
import { Problem } from '../http/problems.ts';
import { EXAMPLE_ID } from './examples.ts';
import { instantOut, uuid } from './fields.ts';

const session = z
  .object({
    id: uuid,
    person: z.object({ id: uuid, name: z.string() }),
    method: z.enum(SIGN_IN_METHODS),
    userAgent: z.string(),
    startedAt: instantOut,
    seenAt: instantOut,
    factorsAt: instantOut.nullable(),
    expiresAt: instantOut,
    isRunning: z.boolean(),
    isCurrent: z.boolean(),
    endedAt: instantOut.nullable(),
    endedBy: z.string().nullable(),
  })
  .meta({
    id: 'Session',
    description:
      'A browser that a person signed in with. It runs for eight hours, and ends after half an hour without use (D56). `factorsAt`: when two factors were last proved in it. `isCurrent`: it is what asks. Kept for a year.',
    examples: [
      {
        id: EXAMPLE_ID,
        person: { id: EXAMPLE_ID, name: 'Dorthe Persson' },
        method: 'passkey',
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/145.0',
        startedAt: '2026-11-25T09:00:00.000Z',
        seenAt: '2026-11-25T09:20:00.000Z',
        factorsAt: '2026-11-25T09:00:00.000Z',
        expiresAt: '2026-11-25T17:00:00.000Z',
        isRunning: true,
        isCurrent: true,
        endedAt: null,
        endedBy: null,
      },
    ],
  });

const viewFor = (caller: Caller) => (found: SessionOnRecord) => ({
  ...found,
  startedAt: instantText(found.startedAt),
  seenAt: instantText(found.seenAt),
  factorsAt: found.factorsAt && instantText(found.factorsAt),
  expiresAt: instantText(found.expiresAt),
  endedAt: found.endedAt && instantText(found.endedAt),
  isCurrent: isSignedIn(caller) && caller.session.id === found.id,
});

const isSignedIn = (caller: Caller): caller is SignedIn => caller.kind === 'person';

/** Whose sessions a caller may see and end: `null` for everybody's, which takes `people:manage` for all products; else its own. */
function ownSessions(caller: Caller): string | null {
  const managing = allowedBy(caller, 'people:manage');
  return managing !== null && managing.products === null ? null : caller.id;
}

export const list = listing({
  operationId: 'listSessions',
  summary: 'The sessions of the person who asks; with `people:manage` for all products those of everybody',
  tag: 'People',
  scope: null,
  filters: {
    person: uuid.optional().meta({ description: 'Those of this person.' }),
    running: flag
      .optional()
      .meta({ description: 'true: those that let their person in. false: those that have ended.' }),
  },
  item: session,
  place: uuid,
  refusals: [],
  find: async (db, { query: { person, running }, by, may, after, limit }) => {
    const own = ownSessions(may);
    if (own !== null && person !== undefined && person !== own) {
      throw new Problem('forbidden', 'The sessions of others take the scope people:manage, for all products.');
    }
    const filter = { personId: person ?? own, running: running ?? null, now: by.at };
    return placed(await listSessions(db, filter, after, limit), ({ id }) => id, viewFor(may));
  },
  columns: [
    'id',
    'person.id',
    'person.name',
    'method',
    'userAgent',
    'startedAt',
    'seenAt',
    'factorsAt',
    'expiresAt',
    'isRunning',
    'isCurrent',
    'endedAt',
    'endedBy',
  ],
});

export const end = command({
  operationId: 'endSession',
  summary: 'End a session at once: one of one’s own, or with `people:manage` for all products anybody’s',
  tag: 'People',
  scope: null,
  params: z.object({ id: uuid }),
  responses: { 200: session },
  refusals: ['not-found'],
  write: async (tx, { params: { id }, by, may }) => ({
    status: 200,
    body: viewFor(may)(await endSessionOf(tx, { id, ofPerson: ownSessions(may) }, by)),
  }),
});
