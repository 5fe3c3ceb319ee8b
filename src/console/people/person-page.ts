import * as people from '../../api/people.ts';
import * as sessions from '../../api/sessions.ts';
import { authorInWords } from '../author-words.ts';
import { NO_FAULTS, type FormFaults } from '../form-faults.ts';
import { consolePage, type ConsolePage, type Shown } from '../page.ts';
import { withOffer } from '../proposals/propose.ts';
import { proposalsAboutPerson, waitingAmong } from '../proposals/waiting.ts';
import type { Visit } from '../visit.ts';
import { faultsIn } from './faults.ts';
import { managedProducts, productsToChoose, roleChoices, roleToGive, roleToPropose, typedRole } from './role-form.ts';
import { sessionRows } from './session-rows.ts';
import type { Texts } from './texts-da.ts';
import { peopleTextsIn } from './texts.ts';
import { productInWords, stateInWords } from './words.ts';
import { momentInWords } from '../times.ts';

/** What a page that was redirected to says has been done, by `?said=`. */
const DONE: Readonly<Record<string, (t: Texts, name: string) => string>> = {
  invited: (t, name) => t.invite.done(name),
  given: (t) => t.one.roleGiven,
  taken: (t) => t.one.roleTaken,
  again: (t) => t.one.againDone,
  disabled: (t, name) => t.disable.done(name),
  ended: (t) => t.sessions.ended,
};

/** `GET /console/people/:id`: one person, with what it may do and where it is signed in. */
export const showPerson = consolePage('people:manage', (visit) => pageOf(visit));

/** `POST /console/people/:id/roles`: gives a role. */
export const giveRole = consolePage(
  'people:manage',
  (visit) =>
    done(
      visit,
      'given',
      () => visit.perform(people.give, { ...whom(visit), body: roleToGive(typedRole(visit.form)) }),
      roleToPropose(visit.params['id'] ?? '', typedRole(visit.form)),
    ),
  { takesFreshFactors: true },
);

/** `POST /console/people/:id/invite`: mails another link. */
export const inviteAgain = consolePage(
  'people:manage',
  (visit) => done(visit, 'again', () => visit.perform(people.again, whom(visit))),
  { takesFreshFactors: true },
);

/** `POST /console/people/:id/sessions/:sessionId/end`: ends one of its sessions. */
export const endSessionOfPerson = consolePage('people:manage', (visit) =>
  done(visit, 'ended', () => visit.perform(sessions.end, { params: { id: visit.params['sessionId'] ?? '' } })),
);

/** `GET /console/people/:id/roles/:roleId/end`: asks whether to take a role away. */
export const askWhetherToTake = consolePage('people:manage', async (visit) => {
  const t = peopleTextsIn(visit.language);
  const person = await visit.ask(people.get, whom(visit));
  const role = person.roles.find(({ id }) => id === visit.params['roleId']);
  if (role === undefined) return { to: `/console/people/${person.id}` };
  const named = { t, products: await productsToChoose(visit) };
  const title = t.take.title(t.roleFor(role.role, productInWords(role.product, named)), person.name);
  const { submit, cancel, body } = t.take;
  return question(person.id, { title, body: [body], submit, cancel, path: `roles/${role.id}/end` });
});

/** `POST /console/people/:id/roles/:roleId/end`: takes a role away. */
export const takeRole = consolePage(
  'people:manage',
  (visit) =>
    done(visit, 'taken', () =>
      visit.perform(people.end, { params: { ...whom(visit).params, roleId: visit.params['roleId'] ?? '' } }),
    ),
  { takesFreshFactors: true },
);

/** `GET /console/people/:id/disable`: asks whether to disable the person. */
export const askWhetherToDisable = consolePage('people:manage', async (visit) => {
  const t = peopleTextsIn(visit.language);
  const person = await visit.ask(people.get, whom(visit));
  const { submit, cancel, body } = t.disable;
  return question(person.id, { title: t.disable.title(person.name), body, submit, cancel, path: 'disable' });
});

/** `POST /console/people/:id/disable`: disables the person. */
export const disablePerson: ConsolePage = consolePage(
  'people:manage',
  (visit) => done(visit, 'disabled', () => visit.perform(people.disable, whom(visit))),
  { takesFreshFactors: true },
);

const whom = ({ params }: Visit) => ({ params: { id: params['id'] ?? '' } });

/** Does what a form asks for, and shows the person: with what was done, or with why it was not. */
async function done(
  visit: Visit,
  said: string,
  act: () => Promise<unknown>,
  proposed: object | null = null,
): Promise<Shown> {
  try {
    await act();
  } catch (error) {
    const { faults, offer } = withOffer(faultsIn(visit, error), proposed);
    return pageOf(visit, faults, offer);
  }
  return { to: `/console/people/${visit.params['id']}?said=${said}` };
}

function question(
  personId: string,
  asked: { title: string; body: readonly string[]; submit: string; cancel: string; path: string },
): Shown {
  const back = `/console/people/${personId}`;
  const model = { ...asked, back, action: `${back}/${asked.path}` };
  return { view: 'console/people/views/question', title: asked.title, model };
}

async function pageOf(
  visit: Visit,
  { status, errors, faults }: FormFaults = NO_FAULTS,
  offer: string | null = null,
): Promise<Shown> {
  const { language, now } = visit;
  const t = peopleTextsIn(language);
  const person = await visit.ask(people.get, whom(visit));
  const isDisabled = person.disabledAt !== null;
  const moment = (instant: string) => momentInWords(instant, language);
  // Sessions are of no product, so that only who manages the people of all sees them.
  const found = managedProducts(visit) === null ? await visit.ask(sessions.list, { query: running(person.id) }) : null;
  const named = { t, products: await productsToChoose(visit) };
  const about = await proposalsAboutPerson(visit, person.id, managedProducts(visit));
  const said = DONE[visit.query['said'] ?? '']?.(t, person.name) ?? null;
  return {
    view: 'console/people/views/person',
    title: person.name,
    isError: errors.length > 0,
    status,
    model: {
      t,
      path: `/console/people/${person.id}`,
      // Not `name`: a template gives what it was filled with to the parts that it includes, which call fields so.
      heading: person.name,
      said,
      proposals: waitingAmong(about, language),
      errors,
      offer,
      errorOf: faults,
      typed: typedRole(visit.form),
      choices: isDisabled ? null : roleChoices(visit, t, named.products),
      facts: [
        { name: t.one.email, value: person.email },
        { name: t.one.state, value: stateInWords(person, { t, language, now }) },
        { name: t.one.added, value: t.one.by(moment(person.createdAt), authorInWords(person.createdBy, language)) },
        ...(person.disabledAt === null || person.disabledBy === null
          ? []
          : [
              {
                name: t.one.disabled,
                value: t.one.by(moment(person.disabledAt), authorInWords(person.disabledBy, language)),
              },
            ]),
      ],
      roles: person.roles.map(({ id, role, product, source, givenAt, givenBy }) => ({
        id,
        name: t.roles[role].name,
        words: t.roleFor(role, productInWords(product, named)),
        product: productInWords(product, named),
        given: t.one.by(moment(givenAt), authorInWords(givenBy, language)),
        isGiven: source === 'given' && !isDisabled,
        isOfProvider: source === 'provider',
      })),
      sessions:
        found &&
        sessionRows(found.items, { t, language, end: (id) => `/console/people/${person.id}/sessions/${id}/end` }),
      isDisabled,
    },
  };
}

const running = (person: string) => ({ person, running: 'true' });
