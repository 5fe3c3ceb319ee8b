import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointLine, readCheckpoint } from '../../src/domain/checkpoint.ts';
import { openNote } from '../../src/security/signed-note.ts';
import { SEAL_KEYS } from '../support/seal-key.ts';
import { aController } from '../support/examples.ts';
import { announce, haveControllers, objectThrough, REASONS, SUBJECTS, theMailTo, tokenOf } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const DPO = 'dpo@kunde-1.example';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
  await haveControllers(varsel, [aController(1)]);
});
afterAll(() => varsel.close());

const latest = () => varsel.api('reader').get('/v1/checkpoints/latest');

test('Who receives receipts, events and the register holds the newest checkpoint', async () => {
  await latest().expect(404);
  await announce(varsel);
  // Notices go out, and what they left is sealed behind them.
  await varsel.deliver();
  varsel.clock.advance({ minutes: 2 });
  await varsel.seal();
  const { body: newest } = await latest().expect(200);
  const line = checkpointLine(newest);
  expect(readCheckpoint(openNote(newest.note, newest.origin, SEAL_KEYS.current.publicKey))).toMatchObject({
    origin: newest.origin,
    size: newest.size,
    root: newest.root,
  });

  await objectThrough(varsel, tokenOf(varsel, DPO), REASONS);
  await varsel.deliver();
  varsel.clock.advance({ minutes: 2 });
  await varsel.seal();
  const receipt = theMailTo(varsel, DPO, SUBJECTS.received);
  const { body: inMail } = await varsel.api('reader').get('/v1/checkpoints');
  const known = inMail.items.map(checkpointLine);
  expect(known).toContain(line);
  expect(known.some((each: string) => receipt.text?.replaceAll(/\s+/g, ' ').includes(each))).toBe(true);
  expect(theMailTo(varsel, DPO, SUBJECTS.notice).text).not.toContain(newest.origin);

  const { rows } = await varsel.database.pool.query(
    `select data -> 'checkpoint' as checkpoint from events where type = 'objection.received'`,
  );
  expect(rows.map(({ checkpoint }) => known.includes(checkpointLine(checkpoint)))).toEqual([true]);

  const now = checkpointLine((await latest()).body);
  for (const language of ['da', 'en']) {
    const { text } = await varsel.customer().get(`/register/truetalk?lang=${language}`).expect(200);
    expect(text).toContain(now);
  }

  const { body: keys } = await varsel.api('reader').get('/v1/checkpoints/keys').expect(200);
  expect(keys.items).toMatchObject([{ id: newest.keyId, signedByPrevious: null }]);
  const pages = await varsel.api('reader').get('/v1/checkpoints?limit=1');
  expect(pages.body.items.map(checkpointLine)).toEqual([known[0]]);
});
