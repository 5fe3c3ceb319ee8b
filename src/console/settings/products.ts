import * as productTerms from '../../api/product-terms.ts';
import * as products from '../../api/products.ts';
import { oneLine } from '../../domain/text.ts';
import { isForAllProducts, ownProducts } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { given, nextPage, settingsPage } from './page-model.ts';
import { momentInWords } from '../times.ts';
import { standingProduct, type ShownProduct } from './product-fields.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/products';

interface TermsOnRecord {
  readonly terms: ShownProduct['terms'];
  readonly reason: string | null;
  readonly recordedAt: string;
  readonly recordedBy: string;
}

/** `GET /console/settings/products`. */
export const listProducts = consolePage('products:read', async (visit) => {
  const { products: t, ...words } = settingsWords(visit.language);
  const query = given(visit.query, ['cursor']);
  const { items, nextCursor } = isForAllProducts(visit, 'products:read')
    ? await visit.ask(products.list, { query })
    : { items: await ownProducts(visit, 'products:read'), nextCursor: null };
  return settingsPage({
    heading: t.heading,
    back: { href: '/console/settings', text: words.heading },
    links: visit.may('products:write') ? [{ href: `${PATH}/new`, text: t.add }] : [],
    sections: [
      {
        id: 'products',
        heading: t.caption,
        table: {
          caption: t.caption,
          none: t.none,
          columns: [t.name, t.id, t.processor, t.days],
          rows: items.map((each) => [
            { text: oneLine(each.name), href: `${PATH}/${each.id}` },
            each.id,
            oneLine(each.processor.name),
            t.inDays(each.terms.objectionWindowDays),
          ]),
        },
        next: nextPage(PATH, {}, nextCursor),
      },
    ],
  });
});

/** `GET /console/settings/products/:product`: a product, its terms, and the terms that it has had. */
export const showProduct = consolePage('products:read', async (visit) => {
  const { products: t, ...words } = settingsWords(visit.language);
  const { product: id = '' } = visit.params;
  const product = (await visit.ask(products.get, { params: { product: id } })) as ShownProduct;
  const asked = { params: { product: id }, query: { ...given(visit.query, ['cursor']), limit: 20 } };
  const { items, nextCursor } = (await visit.ask(productTerms.list, asked)) as {
    items: readonly TermsOnRecord[];
    nextCursor: string | null;
  };
  const typed = standingProduct(product, '');
  const yesNo = (isSo: boolean) => (isSo ? words.yes : words.no);
  const texts = (fields: readonly (keyof typeof typed & keyof typeof t)[]) =>
    fields.map((field) => {
      const value = typed[field];
      return { name: t[field], value: typeof value === 'boolean' ? yesNo(value) : String(value) || '–' };
    });
  return settingsPage({
    heading: oneLine(product.name),
    back: { href: PATH, text: t.heading },
    links: visit.may('products:write', id) ? [{ href: `${PATH}/${id}/edit`, text: t.edit }] : [],
    sections: [
      {
        id: 'processor',
        heading: t.processor,
        facts: texts(['processorName', 'processorNumber', 'processorAddress', 'objectionEmail', 'objectionPostal']),
      },
      { id: 'objection', heading: t.objection, facts: texts(['windowDays', 'timeZone', 'rollForward', 'minimumDays']) },
      {
        id: 'approval',
        heading: t.approval,
        facts: texts([
          'placesNeedApproval',
          'activitiesNeedApproval',
          'replacementsNeedApproval',
          'answerDays',
          'effectiveHours',
          'places',
        ]),
      },
      {
        id: 'running',
        heading: t.running,
        facts: texts(['holdMinutes', 'withdrawalDelayHours', 'officersAddress']),
      },
      {
        id: 'second-person',
        heading: t.secondPerson,
        facts: [
          { name: t.secondPersonFor, value: product.secondPerson.map((act) => t.acts[act].name).join(', ') || '–' },
        ],
      },
      {
        id: 'retention',
        heading: t.retention,
        facts: texts(['caseYears', 'automaticMailDays', 'technicalDays', 'storedResponseDays', 'endedKeyDays']),
      },
      {
        id: 'history',
        heading: t.history,
        table: {
          caption: t.history,
          none: '',
          columns: [words.when, words.who, t.reason, t.days],
          rows: items.map((each) => [
            momentInWords(each.recordedAt, visit.language),
            oneLine(each.recordedBy),
            each.reason ?? '',
            {
              text: t.inDays(each.terms.objectionWindowDays),
              more: { summary: words.details, content: JSON.stringify(each.terms, null, 2) },
            },
          ]),
        },
        next: nextPage(`${PATH}/${id}`, {}, nextCursor),
      },
    ],
  });
});
