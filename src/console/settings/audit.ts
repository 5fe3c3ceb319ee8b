import * as audit from '../../api/audit.ts';
import { ACTIONS, type Act } from '../../db/acts.ts';
import { oneLine, type Language } from '../../domain/text.ts';
import { changeAddress, givenIn, withQuery } from '../addresses.ts';
import { faultsOf, NO_FAULTS, type FormFaults } from '../form-faults.ts';
import { addressOf } from '../inbox/sections.ts';
import { consolePage } from '../page.ts';
import { authorInWords } from '../author-words.ts';
import { momentInWords } from '../times.ts';
import { actInWords } from './act-words.ts';
import { settingsPage, type Cell } from './page-model.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/audit';
const FILTERS = ['actor', 'action', 'subject', 'from', 'to'];

interface ShownAct {
  readonly at: string;
  readonly actor: string;
  readonly action: Act['action'];
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

interface Acts {
  readonly items: readonly ShownAct[];
  readonly nextCursor: string | null;
}

/** `GET /console/settings/audit`: every act on record, searched, page by page (D28). */
export const listAudit = consolePage('audit:read', async (visit) => {
  const { audit: t, ...words } = settingsWords(visit.language);
  const filter = givenIn(visit.query, FILTERS);
  const query = { ...filter, ...givenIn(visit.query, ['cursor']), limit: 50 };
  let faults: FormFaults = NO_FAULTS;
  let found: Acts = { items: [], nextCursor: null };
  try {
    found = await visit.ask(audit.list, { query });
  } catch (error) {
    faults = faultsOf(error, { language: visit.language, expected: { from: t.dayFault, to: t.dayFault } });
  }
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    faults,
    form: {
      action: PATH,
      method: 'get',
      submit: words.search,
      fields: [
        { part: 'field', id: 'actor', type: 'search', label: t.actor, hint: t.actorHint, value: filter['actor'] ?? '' },
        {
          part: 'select',
          id: 'action',
          label: t.action,
          value: filter['action'] ?? '',
          options: [{ value: '', name: words.all }, ...actionsIn(visit.language)],
        },
        {
          part: 'field',
          id: 'subject',
          type: 'search',
          label: t.subject,
          hint: t.subjectHint,
          value: filter['subject'] ?? '',
        },
        { part: 'field', id: 'from', type: dateUnless(faults, 'from'), label: t.from, value: filter['from'] ?? '' },
        { part: 'field', id: 'to', type: dateUnless(faults, 'to'), label: t.to, value: filter['to'] ?? '' },
      ],
    },
    sections: [
      {
        id: 'acts',
        heading: t.caption,
        table: {
          caption: t.caption,
          none: t.none,
          columns: [words.when, words.who, t.action, t.subject],
          rows: found.items.map((act) => [
            momentInWords(act.at, visit.language),
            oneLine(authorInWords(act.actor, visit.language)),
            actionOf(act, visit.language),
            subjectOf(act, t.subjects),
          ]),
        },
        next: found.nextCursor && withQuery(PATH, { ...filter, cursor: found.nextCursor }),
      },
    ],
  });
});

/** A date field does not show an invalid date, so after an error it is a text field. */
const dateUnless = ({ faults }: FormFaults, field: string) => (faults[field] === undefined ? 'date' : 'text');

/** Every action, in the order of its words. */
const actionsIn = (language: Language) =>
  ACTIONS.map((value) => ({ value, name: actInWords(value, language) })).toSorted((one, other) =>
    one.name.localeCompare(other.name, language),
  );

/** What was done, and unfolded all that is on record of it. Two people may have the same name: there their ids stand. */
function actionOf({ action, actor, subject, details }: ShownAct, language: Language): Cell {
  const content = JSON.stringify({ actor, subject, ...(details !== null && { details }) }, null, 2);
  return { text: actInWords(action, language), more: { summary: settingsWords(language).details, content } };
}

/** Where the page is of what acts are done to, by the first word of the act. */
const PAGES = {
  change: changeAddress,
  proposal: (id: string) => `/console/proposals/${id}`,
  objection: (id: string) => addressOf('objections', id),
  answer: (id: string) => addressOf('answers', id),
  mail: (id: string) => addressOf('mails', id),
  role: (id: string) => `/console/people/${id}`,
} as const;
const IS_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What it was done to: the way to its page, or the number of a customer or the name of a product; of an id alone nothing. */
function subjectOf({ action, subject }: ShownAct, names: Readonly<Record<keyof typeof PAGES, string>>): Cell {
  const kind = Object.keys(PAGES).find((each): each is keyof typeof PAGES => action.startsWith(`${each}.`));
  if (!IS_ID.test(subject)) return subject;
  return kind === undefined ? '' : { text: names[kind], href: PAGES[kind](subject) };
}
