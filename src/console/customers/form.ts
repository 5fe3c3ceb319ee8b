import * as controllers from '../../api/controllers.ts';
import { oneLine } from '../../domain/text.ts';
import { faultsOf, NO_FAULTS, textOf, textsOf, type FormFaults } from '../form-faults.ts';
import { ownProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Form, Visit } from '../visit.ts';
import { contactFrom, typedContact, type TypedContact } from './contact-fields.ts';
import { customerOf, customerPath, type ShownCustomer } from './shown.ts';
import { customerWords } from './texts.ts';

/** A customer's form as it was typed, or as the customer stands. */
interface TypedCustomer {
  readonly externalId: string;
  readonly name: string;
  readonly registrationNumber: string;
  readonly reference: string;
  readonly products: readonly string[];
  readonly termsVersions: Readonly<Record<string, string>>;
  readonly metadata: string;
  /** Of what was shown, so that nobody else's correction is undone. */
  readonly version: string;
  /** Of a new customer. */
  readonly contact: TypedContact | null;
}

/** `GET /console/customers/new`. */
export const showNewCustomer = consolePage('controllers:write', (visit) => showForm(visit, typed({}, []), NO_FAULTS));

/** `POST /console/customers/new`: creates a customer with its first contact. */
export const createCustomer = consolePage('controllers:write', async (visit) => {
  const given = typed(visit.form, textsOf(visit.form, 'products'));
  try {
    const { contact, externalId } = given;
    const body = { ...detailsIn(given), contacts: [contactFrom(contact ?? typedContact(visit.form))] };
    await visit.perform(controllers.put, { params: { externalId }, body, conditions: { 'if-none-match': '*' } });
    return { to: customerPath(externalId) };
  } catch (error) {
    return showForm(visit, given, faults(visit, error, true));
  }
});

/** `GET /console/customers/:externalId/edit`. */
export const showEditCustomer = consolePage('controllers:write', async (visit) => {
  const customer = await customerOf(visit);
  const version = await visit.versionOf(controllers.get, { externalId: customer.externalId });
  return showForm(visit, standing(customer, version), NO_FAULTS, customer);
});

/** `POST /console/customers/:externalId/edit`: corrects what is known of a customer. */
export const editCustomer = consolePage('controllers:write', async (visit) => {
  const { externalId = '' } = visit.params;
  const given = { ...typed(visit.form, textsOf(visit.form, 'products')), externalId, contact: null };
  try {
    const conditions = given.version === '' ? {} : { 'if-match': given.version };
    await visit.perform(controllers.patch, { params: { externalId }, body: detailsIn(given), conditions });
    return { to: customerPath(externalId) };
  } catch (error) {
    const said = faults(visit, error, false);
    // Who is told of another's correction sends the next one knowing of it; who is told of anything else, does not.
    const isTold = said.code === 'precondition-failed';
    const version = isTold ? await visit.versionOf(controllers.get, { externalId }) : given.version;
    return showForm(visit, { ...given, version }, said, await customerOf(visit));
  }
});

function typed(form: Form, products: readonly string[]): TypedCustomer {
  const versions = Object.keys(form).filter((field) => field.startsWith('terms-'));
  return {
    externalId: textOf(form, 'externalId'),
    name: textOf(form, 'name'),
    registrationNumber: textOf(form, 'registrationNumber'),
    reference: textOf(form, 'reference'),
    products,
    termsVersions: Object.fromEntries(versions.map((field) => [field.slice('terms-'.length), textOf(form, field)])),
    metadata: textOf(form, 'metadata'),
    version: textOf(form, 'version'),
    contact: typedContact(form),
  };
}

function standing(customer: ShownCustomer, version: string): TypedCustomer {
  const { externalId, name, registrationNumber, reference, products, termsVersions, metadata } = customer;
  const lines = Object.entries(metadata).map(([key, value]) => `${key}: ${value}`);
  return {
    externalId,
    name,
    registrationNumber,
    products,
    termsVersions,
    version,
    contact: null,
    reference: reference ?? '',
    metadata: lines.join('\n'),
  };
}

/** What is sent of a customer, beside its contacts. */
function detailsIn({ name, registrationNumber, reference, products, termsVersions, metadata }: TypedCustomer) {
  const lines = metadata
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return {
    name,
    registrationNumber,
    reference: reference === '' ? null : reference,
    products,
    termsVersions: Object.fromEntries(products.map((product) => [product, termsVersions[product] || null])),
    // What is no pair has no value, and is refused as such.
    metadata: Object.fromEntries(lines.map((line) => /^([^:]*?)\s*:\s*(.*)$/.exec(line)?.slice(1, 3) ?? [line, ''])),
  };
}

function faults(visit: Visit, error: unknown, isNew: boolean): FormFaults {
  const { expected, refusals } = customerWords(visit.language);
  return faultsOf(error, {
    language: visit.language,
    fieldOf: {
      'contacts.0.name': 'contactName',
      'contacts.0.email': 'email',
      'contacts.0.language': 'language',
      contacts: 'email',
      termsVersions: 'products',
    },
    expected: { ...expected, products: expected.products },
    refusals: {
      'precondition-failed': isNew ? refusals.exists : refusals.changedMeanwhile,
      'product-unknown': expected.products,
      'last-contact': refusals.lastContact,
    },
  });
}

async function showForm(
  visit: Visit,
  shown: TypedCustomer,
  { status, errors, faults: said }: FormFaults,
  customer: ShownCustomer | null = null,
): Promise<Shown> {
  const t = customerWords(visit.language);
  const products = await ownProducts(visit, 'controllers:write');
  const heading = customer === null ? t.form.add : t.form.edit(oneLine(customer.name));
  const path = customer === null ? '/console/customers' : customerPath(customer.externalId);
  return {
    view: 'console/customers/views/form',
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      heading,
      action: customer === null ? '/console/customers/new' : `${path}/edit`,
      back: path,
      isNew: customer === null,
      shown,
      errors: errors.length > 0 ? errors : null,
      faults: said,
      products: products.map(({ id, name }) => ({ value: id, name, version: shown.termsVersions[id] ?? '' })),
    },
  };
}
