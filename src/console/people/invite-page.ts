import * as people from '../../api/people.ts';
import { NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { faultsIn } from './faults.ts';
import { productsToChoose, roleChoices, roleToGive, typedRole } from './role-form.ts';
import { peopleTextsIn } from './texts.ts';

/** `GET /console/people/new`: the form that invites a person. */
export const askWhomToInvite = consolePage('people:manage', (visit) => formOf(visit, NO_FAULTS));

/** `POST /console/people/new`: invites a person. */
export const invitePerson = consolePage(
  'people:manage',
  async (visit) => {
    const { form } = visit;
    const body = { name: textOf(form, 'name'), email: textOf(form, 'email'), ...roleToGive(typedRole(form)) };
    try {
      const invited = await visit.perform(people.invite, { body });
      return { to: `/console/people/${(invited.body as { id: string }).id}?said=invited` };
    } catch (error) {
      return formOf(visit, faultsIn(visit, error));
    }
  },
  { takesFreshFactors: true },
);

async function formOf(visit: Visit, { status, errors, faults }: FormFaults): Promise<Shown> {
  const t = peopleTextsIn(visit.language);
  const typed = { name: textOf(visit.form, 'name'), email: textOf(visit.form, 'email'), ...typedRole(visit.form) };
  return {
    view: 'console/people/views/invite',
    title: t.invite.title,
    isError: errors.length > 0,
    status,
    model: {
      t,
      typed,
      errors,
      errorOf: faults,
      choices: roleChoices(visit, t, await productsToChoose(visit)),
    },
  };
}
