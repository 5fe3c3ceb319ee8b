import * as contacts from '../../api/contacts.ts';
import { notFound } from '../../domain/refused.ts';
import { oneLine } from '../../domain/text.ts';
import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { contactFrom, standingContact, typedContact, type TypedContact } from './contact-fields.ts';
import { customerOf, customerPath, type ShownContact, type ShownCustomer } from './shown.ts';
import { customerWords } from './texts.ts';

/** `GET /console/customers/:externalId/contacts/new`. */
export const showNewContact = consolePage('controllers:write', async (visit) =>
  showForm(visit, { typed: typedContact({}), customer: await customerOf(visit), contact: null }),
);

/** `POST /console/customers/:externalId/contacts/new`: adds a contact, who is told of announced changes (D35). */
export const addContact = consolePage('controllers:write', async (visit) => {
  const { externalId = '' } = visit.params;
  const typed = typedContact(visit.form);
  try {
    await visit.perform(contacts.add, { params: { externalId }, body: contactFrom(typed) });
    return { to: customerPath(externalId) };
  } catch (error) {
    return showForm(visit, { typed, customer: await customerOf(visit), contact: null, faults: faults(visit, error) });
  }
});

/** `GET /console/customers/:externalId/contacts/:contactId`. */
export const showContact = consolePage('controllers:write', async (visit) => {
  const customer = await customerOf(visit);
  const contact = contactOf(visit, customer);
  return showForm(visit, { typed: standingContact(contact), customer, contact });
});

/** `POST /console/customers/:externalId/contacts/:contactId`: corrects a contact. */
export const correctContact = consolePage('controllers:write', async (visit) => {
  const { externalId = '', contactId = '' } = visit.params;
  const typed = typedContact(visit.form);
  try {
    const said = { params: { externalId, contactId }, body: contactFrom(typed), conditions: conditionsIn(visit) };
    await visit.perform(contacts.correct, said);
    return { to: customerPath(externalId) };
  } catch (error) {
    return showAgain(visit, typed, faults(visit, error));
  }
});

/** `POST /console/customers/:externalId/contacts/:contactId/remove`: removes a contact. */
export const removeContact = consolePage('controllers:write', async (visit) => {
  const { externalId = '', contactId = '' } = visit.params;
  try {
    await visit.perform(contacts.remove, { params: { externalId, contactId }, conditions: conditionsIn(visit) });
    return { to: customerPath(externalId) };
  } catch (error) {
    return showAgain(visit, null, faults(visit, error));
  }
});

/** The form with its faults; of a contact that is gone by now, the page that says so. */
async function showAgain(visit: Visit, typed: TypedContact | null, said: FormFaults): Promise<Shown> {
  const customer = await customerOf(visit);
  const contact = contactOf(visit, customer);
  return showForm(visit, { typed: typed ?? standingContact(contact), customer, contact, faults: said });
}

function contactOf({ params }: Visit, { externalId, contacts: found }: ShownCustomer): ShownContact {
  const contact = found.find(({ id }) => id === params['contactId']);
  if (contact === undefined) throw notFound(`such contact of controller ${externalId}`);
  return contact;
}

function conditionsIn({ form }: Visit) {
  const version = textOf(form, 'version');
  return version === '' ? {} : { 'if-match': version };
}

function faults(visit: Visit, error: unknown): FormFaults {
  const { expected, refusals } = customerWords(visit.language);
  return faultsOf(error, {
    language: visit.language,
    fieldOf: { name: 'contactName' },
    expected: { contactName: expected.contactName, email: expected.email, language: expected.language },
    refusals: {
      'precondition-failed': refusals.changedMeanwhile,
      'last-contact': refusals.lastContact,
      erased: refusals.erased,
    },
  });
}

async function showForm(
  visit: Visit,
  about: {
    readonly typed: TypedContact;
    readonly customer: ShownCustomer;
    readonly contact: ShownContact | null;
    readonly faults?: FormFaults;
  },
): Promise<Shown> {
  const { typed, customer, contact, faults: { status, code, errors, faults: said } = NO_FAULTS } = about;
  const t = customerWords(visit.language);
  const path = customerPath(customer.externalId);
  const heading = contact === null ? t.contact.add(oneLine(customer.name)) : t.contact.edit(oneLine(contact.name));
  return {
    view: 'console/customers/views/contact',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      heading,
      back: path,
      action: `${path}/contacts/${contact?.id ?? 'new'}`,
      // Who is told of another's correction sends the next one knowing of it; who is told of anything else, does not.
      version:
        contact !== null && (code === null || code === 'precondition-failed')
          ? await visit.versionOf(contacts.list, { externalId: customer.externalId })
          : textOf(visit.form, 'version'),
      shown: typed,
      isNew: contact === null,
      errors: errors.length > 0 ? errors : null,
      faults: said,
    },
  };
}
