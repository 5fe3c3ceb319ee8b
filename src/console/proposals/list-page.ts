import { list as listProposals } from '../../api/proposals.ts';
import { authorInWords } from '../author-words.ts';
import { withQuery } from '../addresses.ts';
import { namesOfProducts, productOfList } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { momentInWords } from '../times.ts';
import { namesIn, productOf, titleOf, type ShownProposal } from './proposal-shown.ts';
import { proposalTextsIn } from './texts.ts';

/** How a status looks. */
export const TAGS: Readonly<Record<ShownProposal['status'], string>> = {
  pending: 'pending',
  approved: 'resolved',
  rejected: 'rejected',
  cancelled: '',
  expired: '',
  superseded: '',
};

/** `GET /console/proposals`: what waits for a second person, or everything that was proposed. */
export const showProposals = consolePage('proposals:read', async (visit, { api }) => {
  const { language, query } = visit;
  const t = proposalTextsIn(language);
  const isAll = query['status'] === 'all';
  const { product, choices } = productOfList(visit, 'proposals:read');
  const { items, nextCursor } = (await visit.ask(listProposals, {
    query: {
      ...(!isAll && { status: 'pending' }),
      ...(product !== undefined && { product }),
      ...(query['cursor'] !== undefined && { cursor: query['cursor'] }),
    },
  })) as { items: ShownProposal[]; nextCursor: string | null };
  const names = await namesIn(api.pool, items, await namesOfProducts(visit));
  const address = (asked: Readonly<Record<string, string | undefined>>) => withQuery('/console/proposals', asked);
  const status = isAll ? 'all' : undefined;
  return {
    view: 'console/proposals/views/list',
    title: t.title,
    model: {
      t,
      ways: [
        { name: t.filters.pending, href: address({ product }), isHere: !isAll },
        { name: t.filters.all, href: address({ product, status: 'all' }), isHere: isAll },
      ],
      products: choices.map((each) => ({
        name: names.product(each),
        href: address({ product: each, status }),
        isHere: each === product,
      })),
      caption: isAll ? t.all : t.filters.pending,
      columns: [t.columns.what, t.columns.product, t.columns.by, t.columns.at, t.columns.status],
      rows: items.map((each) => [
        { text: titleOf(each, names, language), href: `/console/proposals/${each.id}` },
        productOf(each, names),
        authorInWords(each.proposedBy, language),
        momentInWords(each.proposedAt, language),
        { text: t.statuses[each.status], tag: TAGS[each.status] || 'neutral' },
      ]),
      none: t.none,
      next: nextCursor === null ? null : address({ product, status, cursor: nextCursor }),
    },
  };
});
