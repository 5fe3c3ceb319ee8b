import { z } from 'zod';
import { listCheckpoints, newestCheckpoint, sealKeys, type Checkpoint } from '../db/seals.ts';
import { instantText } from '../domain/instant.ts';
import { notFound } from '../domain/refused.ts';
import { list as listing, placed } from '../http/list.ts';
import { query } from '../http/operation.ts';
import { publicKeyFrom } from '../security/seal-keys.ts';
import { checkpointFields, exampleCheckpoint } from './checkpoint-schemas.ts';
import { instantOut } from './fields.ts';

const EXAMPLE_KEY = 'b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78';

const sealed = z.object({ ...checkpointFields, at: instantOut, keyId: z.string(), note: z.string() }).meta({
  id: 'Checkpoint',
  description:
    'A checkpoint of the sealed record (D49). `note`: what is signed, a C2SP signed note; `keyId`: with which of `GET /v1/checkpoints/keys`.',
  examples: [
    {
      ...exampleCheckpoint,
      at: '2026-11-24T10:12:00.000Z',
      keyId: EXAMPLE_KEY,
      note: `${exampleCheckpoint.origin}\n${exampleCheckpoint.size}\n${exampleCheckpoint.root}\n\n— …\n`,
    },
  ],
});

const view = ({ origin, size, root, at, keyId, note }: Checkpoint) => ({
  origin,
  size,
  root,
  at: instantText(at),
  keyId,
  note,
});

export const list = listing({
  operationId: 'listCheckpoints',
  summary: 'The checkpoints of the sealed record, the newest first (D49)',
  tag: 'Checkpoints',
  scope: null,
  item: sealed,
  place: z.string().regex(/^\d{1,9}\.\d{1,15}$/),
  refusals: [],
  find: async (db, { after, limit }) => {
    const [epoch, size] = after?.split('.').map(Number) ?? [];
    const from = epoch === undefined || size === undefined ? null : { epoch, size };
    return placed(await listCheckpoints(db, { after: from, limit }), (each) => `${each.epoch}.${each.size}`, view);
  },
  columns: ['origin', 'size', 'root', 'at', 'keyId'],
});

export const latest = query({
  operationId: 'getLatestCheckpoint',
  summary: 'The newest checkpoint of the sealed record (D49)',
  tag: 'Checkpoints',
  scope: null,
  responses: { 200: sealed },
  refusals: ['not-found'],
  read: async (db) => {
    const newest = await newestCheckpoint(db);
    if (newest === null) throw notFound('a checkpoint: nothing has been sealed yet');
    return view(newest);
  },
});

const keys = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        publicKey: z.string(),
        recordedAt: instantOut,
        signedByPrevious: z.string().nullable(),
      }),
    ),
  })
  .meta({
    id: 'SealKeys',
    description:
      'The Ed25519 keys that checkpoints were signed with, the first one first: `id` is SHA-256 of the 32 bytes, as hex; `publicKey` is PEM. `signedByPrevious`: the signature by the key before of "varsel seal key <id>" and a newline, as base64; null of the first, and of one whose predecessor was lost.',
    examples: [
      {
        items: [
          {
            id: EXAMPLE_KEY,
            publicKey: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n',
            recordedAt: '2026-11-24T10:12:00.000Z',
            signedByPrevious: null,
          },
        ],
      },
    ],
  });

export const listKeys = query({
  operationId: 'listSealKeys',
  summary: 'The public keys that checkpoints were signed with (D49)',
  tag: 'Checkpoints',
  scope: null,
  responses: { 200: keys },
  refusals: [],
  read: async (db) => ({
    items: (await sealKeys(db)).map(({ id, publicKey, recordedAt, signature }) => ({
      id,
      publicKey: publicKeyFrom(publicKey).export({ format: 'pem', type: 'spki' }),
      recordedAt: instantText(recordedAt),
      signedByPrevious: signature && signature.toString('base64'),
    })),
  }),
});
