import * as changeControllers from '../../api/change-controllers.ts';
import * as controllers from '../../api/controllers.ts';
import { oneLine } from '../../domain/text.ts';
import { dateInWords } from '../../domain/wording.ts';
import { givenIn, withQuery } from '../addresses.ts';
import { namesOfProducts } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { customerOf, customerPath } from './shown.ts';
import { customerWords } from './texts.ts';
import { warningInWords } from './warning-words.ts';

interface ShownPart {
  readonly change: { readonly id: string; readonly subProcessor: string; readonly announcedAt: string };
  readonly state: string;
}

/** `GET /console/customers/:externalId`: a customer, its agreements and contacts, and what it was told of. */
export const showCustomer = consolePage('controllers:read', async (visit) => {
  const { language } = visit;
  const t = customerWords(language);
  const customer = await customerOf(visit);
  const path = customerPath(customer.externalId);
  const mayWrite = visit.may('controllers:write');
  const nameOf = await namesOfProducts(visit);
  const { items, nextCursor } = (await visit.ask(changeControllers.listOfController, {
    params: { externalId: customer.externalId },
    query: { limit: 20, ...givenIn(visit.query, ['cursor']) },
  })) as { items: readonly ShownPart[]; nextCursor: string | null };
  return {
    view: 'console/customers/views/customer',
    title: oneLine(customer.name),
    model: {
      t,
      customer,
      path,
      mayWrite,
      warnings: customer.warnings.map((warning) => warningInWords(warning, language)),
      facts: [
        { name: t.one.externalId, value: customer.externalId },
        { name: t.one.registrationNumber, value: customer.registrationNumber },
        ...(customer.reference === null ? [] : [{ name: t.one.reference, value: customer.reference }]),
        ...Object.entries(customer.metadata).map(([name, value]) => ({ name, value })),
      ],
      agreements: customer.products.map((product) => {
        const version = customer.termsVersions[product];
        return {
          name: version === undefined ? nameOf(product) : t.one.termsVersion(nameOf(product), version),
          leave: `${path}/products/${product}/leave`,
          leaveText: t.one.leave(nameOf(product)),
          register: withQuery('/console/register', { product, controller: customer.externalId }),
        };
      }),
      contacts: {
        caption: t.one.contacts,
        none: t.one.noContacts,
        columns: [t.contact.name, t.contact.email, t.contact.language, t.list.mayApprove],
        rows: customer.contacts.map((contact) => [
          mayWrite
            ? { text: oneLine(contact.name), href: `${path}/contacts/${contact.id}` }
            : { text: oneLine(contact.name) },
          contact.email,
          t.contact.languages[contact.language],
          contact.mayApprove ? t.yes : t.no,
        ]),
      },
      next: nextCursor && withQuery(path, { cursor: nextCursor }),
      nobodyMayApprove: customer.products.length > 0 && !customer.contacts.some(({ mayApprove }) => mayApprove),
      changes: {
        caption: t.one.changes,
        none: t.one.noChanges,
        columns: [t.one.change, t.one.announced],
        rows: items.map(({ change }) => [
          {
            text: oneLine(change.subProcessor),
            href: `/console/changes/${change.id}/controllers/${encodeURIComponent(customer.externalId)}`,
          },
          dateInWords(
            Temporal.Instant.from(change.announcedAt).toZonedDateTimeISO('Europe/Copenhagen').toPlainDate(),
            language,
          ),
        ]),
      },
    },
  };
});

/** `GET /console/customers/:externalId/products/:product/leave`: what ending an agreement means, and the button for it. */
export const askWhetherToLeave = consolePage('controllers:write', async (visit) => {
  const t = customerWords(visit.language);
  const customer = await customerOf(visit);
  const { product = '' } = visit.params;
  const nameOf = await namesOfProducts(visit);
  const heading = t.leave.heading(oneLine(customer.name), nameOf(product));
  const path = customerPath(customer.externalId);
  return {
    view: 'console/customers/views/leave',
    title: heading,
    model: { t, heading, path, action: `${path}/products/${encodeURIComponent(product)}/leave` },
  };
});

/** `POST /console/customers/:externalId/products/:product/leave`: ends the agreement (D7). */
export const leaveProduct = consolePage('controllers:write', async (visit) => {
  const { externalId = '', product = '' } = visit.params;
  await visit.perform(controllers.leaveProduct, { params: { externalId, product } });
  return { to: customerPath(externalId) };
});
