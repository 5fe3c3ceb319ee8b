import * as evidence from '../../api/evidence.ts';
import { consolePage } from '../page.ts';
import { givenIn } from '../addresses.ts';
import { changeShown } from './change-shown.ts';

/** `GET /console/changes/:id/evidence`: what can be had in one file that proves itself (D54). */
export const evidencePage = consolePage('mails:read', async (visit) => {
  const { t, title, href } = await changeShown(visit);
  return {
    view: 'console/change/views/evidence',
    title: t.evidence.heading(title),
    model: { t, href, heading: t.evidence.heading(title), pack: `${href}/evidence/pack` },
  };
});

/** `GET /console/changes/:id/evidence/pack`: the file, whole, without what is of persons, or one customer's share. */
export const evidencePack = consolePage('mails:read', async (visit) => {
  const query = givenIn(visit.query, ['controller', 'redacted']);
  const { content, name } = await visit.ask(evidence.get, { params: { id: visit.params.id ?? '' }, query });
  return { file: content, type: 'application/zip', name };
});
