import * as productTerms from '../../api/product-terms.ts';
import * as products from '../../api/products.ts';
import type { SecondPersonAct } from '../../domain/proposal.ts';
import { oneLine } from '../../domain/text.ts';
import { givenIn, withQuery } from '../addresses.ts';
import { isForAllProducts, ownProducts } from '../own-products.ts';
import { authorInWords } from '../author-words.ts';
import { consolePage } from '../page.ts';
import { proposalsAbout, waitingAmong } from '../proposals/waiting.ts';
import { settingsPage } from './page-model.ts';
import { momentInWords } from '../times.ts';
import { placesInWords, standingProduct, type ShownProduct } from './product-fields.ts';
import { actsInWords } from './product-words.ts';
import { settingsWords } from './texts.ts';

const PATH = '/console/settings/products';

/** What is recommended to take two people in production (D61). */
const RECOMMENDED = ['announcement', 'activation'] as const satisfies readonly SecondPersonAct[];

const OF_WINDOWS = ['windowDays', 'timeZone', 'rollForward'] as const;
const OF_APPROVAL = [
  'placesNeedApproval',
  'activitiesNeedApproval',
  'replacementsNeedApproval',
  'answerDays',
  'effectiveHours',
  'places',
] as const;

interface TermsOnRecord {
  readonly terms: ShownProduct['terms'];
  readonly reason: string | null;
  readonly recordedAt: string;
  readonly recordedBy: string;
}

/** `GET /console/settings/products`. */
export const listProducts = consolePage('products:read', async (visit) => {
  const { products: t, ...words } = settingsWords(visit.language);
  const query = givenIn(visit.query, ['cursor']);
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
        next: nextCursor && withQuery(PATH, { cursor: nextCursor }),
      },
    ],
  });
});

/** `GET /console/settings/products/:product`: a product, its terms, and the terms that it has had. */
export const showProduct = consolePage('products:read', async (visit, { isTrial }) => {
  const { products: t, ...words } = settingsWords(visit.language);
  const { product: id = '' } = visit.params;
  const product = (await visit.ask(products.get, { params: { product: id } })) as ShownProduct;
  const asked = { params: { product: id }, query: { ...givenIn(visit.query, ['cursor']), limit: 20 } };
  const { items, nextCursor } = (await visit.ask(productTerms.list, asked)) as {
    items: readonly TermsOnRecord[];
    nextCursor: string | null;
  };
  const shownTerms = (of: ShownProduct) => ({
    ...standingProduct(of, ''),
    places: placesInWords(of.terms.places, visit.language),
  });
  const typed = shownTerms(product);
  const yesNo = (isSo: boolean) => (isSo ? words.yes : words.no);
  const texts = (fields: readonly (keyof typeof typed & keyof typeof t)[], of = typed) =>
    fields.map((field) => {
      const value = of[field];
      return { name: t[field], value: typeof value === 'boolean' ? yesNo(value) : String(value) || '–' };
    });
  return settingsPage({
    heading: oneLine(product.name),
    back: { href: PATH, text: t.heading },
    notice:
      [
        ...(visit.query['said'] === 'saved' ? [t.saved] : []),
        ...(isTrial || RECOMMENDED.every((act) => product.secondPerson.includes(act)) ? [] : [t.recommendTwo]),
      ].join(' ') || null,
    proposals: waitingAmong(await proposalsAbout(visit, id, id), visit.language),
    links: visit.may('products:write', id) ? [{ href: `${PATH}/${id}/edit`, text: t.edit }] : [],
    sections: [
      {
        id: 'processor',
        heading: t.processor,
        facts: texts(['processorName', 'processorNumber', 'processorAddress', 'objectionEmail', 'objectionPostal']),
      },
      { id: 'objection', heading: t.objection, facts: texts([...OF_WINDOWS, 'minimumDays']) },
      { id: 'approval', heading: t.approval, facts: texts(OF_APPROVAL) },
      {
        id: 'running',
        heading: t.running,
        facts: texts(['holdMinutes', 'withdrawalDelayHours', 'officersAddress']),
      },
      {
        id: 'second-person',
        heading: t.secondPerson,
        facts: [{ name: t.secondPersonFor, value: actsInWords(product.secondPerson, visit.language) || '–' }],
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
            authorInWords(each.recordedBy, visit.language),
            each.reason ?? '',
            {
              text: t.inDays(each.terms.objectionWindowDays),
              more: {
                summary: words.details,
                content: texts([...OF_WINDOWS, ...OF_APPROVAL], shownTerms({ ...product, terms: each.terms }))
                  .map(({ name, value }) => `${name}: ${value}`)
                  .join('\n'),
              },
            },
          ]),
        },
        next: nextCursor && withQuery(`${PATH}/${id}`, { cursor: nextCursor }),
      },
    ],
  });
});
