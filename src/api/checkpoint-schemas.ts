import { z } from 'zod';

export const exampleCheckpoint = {
  origin: 'varsel.telenor.example/1-9f86d081884c7d65',
  size: 48_211,
  root: 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
};

/** What a checkpoint has in its short form. */
export const checkpointFields = {
  origin: z.string().meta({ description: 'The tree that it is of.' }),
  size: z.number().int().meta({ description: 'So many rows of the record are sealed.' }),
  root: z.string().meta({ description: 'The root of their hashes (RFC 9162), as base64.' }),
};

export const checkpointInEvent = z
  .object(checkpointFields)
  .nullable()
  .meta({
    id: 'CheckpointInEvent',
    description:
      'The newest checkpoint of the record when the event was written (D49): keep it, and a rewritten record contradicts it. Null before the first.',
    examples: [exampleCheckpoint],
  });
