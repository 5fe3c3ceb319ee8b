import * as products from '../../api/products.ts';
import * as sessions from '../../api/sessions.ts';
import { consolePage } from '../page.ts';
import { passkeyTextsIn } from '../passkeys/texts.ts';
import { sessionRows } from './session-rows.ts';
import { peopleTextsIn } from './texts.ts';
import { rolesInWords } from './words.ts';

/** `GET /console/me`: who is signed in, what they may do, and where else they are signed in. */
export const showOwn = consolePage(null, async (visit) => {
  const { language, person } = visit;
  const t = peopleTextsIn(language);
  const { items } = await visit.ask(sessions.list, { query: { person: person.id, running: 'true' } });
  const roles = person.grants.flatMap(({ role, products: of }) =>
    role === null ? [] : (of ?? [null]).map((product) => ({ role, product })),
  );
  const own = [...new Set(roles.flatMap(({ product }) => product ?? []))];
  const named = await Promise.all(own.map((product) => visit.ask(products.get, { params: { product } })));
  return {
    view: 'console/people/views/own',
    title: t.sessions.title,
    model: {
      t,
      passkeys: passkeyTextsIn(language).list.heading,
      said: visit.query['said'] === 'ended' ? t.sessions.ended : null,
      facts: [
        { name: t.list.name, value: person.name },
        { name: t.one.email, value: person.email },
        { name: t.one.roles, value: rolesInWords(roles, { t, products: named }) },
      ],
      sessions: sessionRows(items, { t, language, end: (id) => `/console/me/sessions/${id}/end` }),
    },
  };
});

/** `POST /console/me/sessions/:id/end`: ends one of one's own sessions. */
export const endOwn = consolePage(null, async (visit) => {
  await visit.perform(sessions.end, { params: { id: visit.params['id'] ?? '' } });
  return { to: '/console/me?said=ended' };
});
