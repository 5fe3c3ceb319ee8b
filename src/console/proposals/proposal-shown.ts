import type { ChangeContent } from '../../domain/change.ts';
import { changeInShort } from '../../domain/change-words.ts';
import { comparisonsInWords } from '../../domain/comparison-words.ts';
import { demandsOf, type WithElements } from '../../domain/element-words.ts';
import type { Role } from '../../domain/permission.ts';
import { differencesOf, type viewOfProposal } from '../../domain/proposal.ts';
import type { Language } from '../../domain/text.ts';
import type { Queryable } from '../../db/postgres.ts';
import { dayInWords } from '../../domain/wording.ts';
import { authorInWords } from '../author-words.ts';
import { clausesOf } from '../clause-words.ts';
import { namesOfCustomers } from '../customer-names.ts';
import { minutesInWords, numberInWords } from '../numbers.ts';
import { placesInWords } from '../settings/product-fields.ts';
import { actsInWords, nameOfTerm } from '../settings/product-words.ts';
import type { ProposalTexts } from './texts-shape.ts';
import { proposalTextsIn } from './texts.ts';
import { fullMomentInWords } from '../times.ts';

/** A proposal as the API shows it. */
export type ShownProposal = ReturnType<typeof viewOfProposal>;

/** Documents of JSON, whose fields are not known to be there. */
type Document = Readonly<Record<string, unknown>>;
const documentOf = (value: unknown): Document =>
  typeof value === 'object' && value !== null ? (value as Document) : {};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What of a change is told by its announcement, and by its activation; `null` of anything else. */
function toldIn({ kind, outcome }: ShownProposal): (WithElements & Pick<ChangeContent, 'kind'>) | null {
  if (kind !== 'announcement' && kind !== 'activation') return null;
  const told = documentOf(outcome);
  const { processor } = documentOf(told['announcer']);
  return { ...told, processor } as unknown as WithElements & Pick<ChangeContent, 'kind'>;
}

/** The customer that a proposal is about, by its external id; the empty text where it is about none. */
export const customerOf = ({ act, outcome }: Pick<ShownProposal, 'act' | 'outcome'>): string =>
  textOf(documentOf(outcome)['controller']) || textOf(documentOf(documentOf(act)['approval'])['controller']);

/** What those are called that proposals are about, by their ids. */
export interface NamesInProposals {
  readonly product: (id: string) => string;
  readonly customer: (externalId: string) => string;
}

/** The names of what these proposals are about, as they are now; of what has none any more its id. `product` says those of products. */
export async function namesIn(
  db: Queryable,
  proposals: readonly Pick<ShownProposal, 'act' | 'outcome'>[],
  product: NamesInProposals['product'],
): Promise<NamesInProposals> {
  const customers = proposals.map(customerOf).filter((externalId) => externalId !== '');
  return { product, customer: await namesOfCustomers(db, customers) };
}

/** What is proposed, in one line: "Varsling: ny underdatabehandler Acme". */
export function titleOf(proposal: ShownProposal, names: NamesInProposals, language: Language): string {
  const t = proposalTextsIn(language);
  const told = toldIn(proposal);
  const outcome = documentOf(proposal.outcome);
  const about =
    told === null
      ? [names.customer(customerOf(proposal)), outcome['name'], documentOf(outcome['to'])['name']].find(
          (name) => typeof name === 'string' && name !== '',
        )
      : changeInShort(told, language);
  return typeof about === 'string' ? `${t.kinds[proposal.kind]}: ${about}` : t.kinds[proposal.kind];
}

/** The name of the product that a proposal is about: as it was when that was made, where it says so. */
export function productOf({ product, outcome }: ShownProposal, names: NamesInProposals): string {
  const told = documentOf(outcome);
  const name = documentOf(told['announcer'])['productName'] ?? documentOf(told['from'])['name'];
  return typeof name === 'string' ? name : product === null ? '' : names.product(product);
}

/** What an announcement needs of customers, element by element with its clause; `null` of anything else: then it is over. */
export function demandsIn(proposal: ShownProposal, language: Language) {
  const told = proposal.kind === 'announcement' ? toldIn(proposal) : null;
  return told === null ? null : demandsOf(told, language);
}

/** What the clauses say that these needs rest on. */
export const clausesIn = (proposal: ShownProposal, language: Language) =>
  clausesOf(toldIn(proposal)?.elements ?? [], language);

/** The comparisons of the companies that a change is about, as customers see them; none of anything else. */
export function comparisonsOf(proposal: ShownProposal, language: Language) {
  const told = toldIn(proposal);
  return told === null ? [] : comparisonsInWords(told, language);
}

/** What new terms change, term by term. */
export function termsOf(proposal: ShownProposal, language: Language) {
  if (proposal.kind !== 'terms') return [];
  const { from, to } = documentOf(proposal.outcome);
  const t = proposalTextsIn(language);
  const differences = differencesOf(
    { outcome: whole(from, language), controllers: null },
    { outcome: whole(to, language), controllers: null },
  );
  return differences.map(({ path, was, is }) => ({
    name: placeInWords(path, language),
    from: valueInWords(was, t),
    to: valueInWords(is, t),
  }));
}

/** With its lists as one value each: what was in them and is now is read together. */
function whole(product: unknown, language: Language): unknown {
  const { secondPerson, terms, ...rest } = documentOf(product);
  const { places, ...others } = documentOf(terms);
  const listed = Array.isArray(places) ? placesInWords(places, language) : '';
  const acts = Array.isArray(secondPerson) ? actsInWords(secondPerson, language) : '';
  return { ...rest, terms: { ...others, places: listed }, secondPerson: acts };
}

/** What a difference is in, in words. */
export function placeInWords(path: string, language: Language): string {
  const t = proposalTextsIn(language);
  return nameOfTerm(path, language) ?? t.termNames[path] ?? t.partNames[path.split('.')[0] ?? ''] ?? path;
}

/** A value of a document, for a person to read. */
export function valueInWords(value: unknown, t: ProposalTexts): string {
  if (value === null || value === undefined || value === '') return t.nothing;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (typeof value !== 'string') return JSON.stringify(value);
  const codes: Readonly<Record<string, string>> = { ...t.values, ...t.roles, ...t.kinds };
  return codes[value] ?? value;
}

/** The facts of a proposal: who, when, and what it says that no comparison shows. */
export function factsOf(proposal: ShownProposal, names: NamesInProposals, language: Language) {
  const t = proposalTextsIn(language);
  const { facts } = t;
  const act = documentOf(proposal.act);
  const outcome = documentOf(proposal.outcome);
  const announced = documentOf(act['announcement']);
  const approval = documentOf(act['approval']);
  const from = documentOf(approval['from']);
  const plannedOn = textOf(outcome['plannedActivationOn']);
  const reason = documentOf(announced['reason']);
  const change =
    proposal.kind === 'activation' || proposal.kind === 'approval' ? proposal.subject : textOf(outcome['change']);
  const told = toldIn(proposal);
  const companies = Array.isArray(outcome['companies']) ? outcome['companies'].map(textOf).join(', ') : '';
  const customer = customerOf(proposal);
  const hold = outcome['holdMinutes'];
  const rows: readonly { name: string; value: string; href?: string }[] = [
    { name: facts.product, value: productOf(proposal, names) },
    { name: facts.by, value: authorInWords(proposal.proposedBy, language) },
    { name: facts.at, value: fullMomentInWords(proposal.proposedAt, language) },
    {
      name: facts.controllers,
      value: proposal.controllers === null ? '' : numberInWords(proposal.controllers, language),
    },
    { name: facts.plannedOn, value: plannedOn && dayInWords(Temporal.PlainDate.from(plannedOn), language) },
    {
      name: facts.hold,
      value: typeof hold === 'number' ? (hold === 0 ? t.noHold : minutesInWords(hold, language)) : '',
    },
    { name: facts.reason, value: textOf(reason[language] ?? reason['da']) },
    {
      name: facts.change,
      value: change ? (told === null ? companies : changeInShort(told, language)) : '',
      ...(change && { href: `/console/changes/${change}` }),
    },
    { name: facts.controller, value: customer && `${names.customer(customer)} (${customer})` },
    {
      name: facts.objection,
      value: typeof outcome['number'] === 'number' ? t.readObjection(outcome['number']) : '',
      href: `/console/inbox/objections/${proposal.subject ?? ''}`,
    },
    { name: facts.explanation, value: textOf(act['explanation']) },
    { name: facts.writer, value: [from['name'], from['role']].map(textOf).filter(Boolean).join(', ') },
    {
      name: facts.received,
      value: approval['receivedAt'] ? fullMomentInWords(textOf(approval['receivedAt']), language) : '',
    },
    { name: facts.role, value: t.roles[act['role'] as Role] ?? '' },
    { name: facts.statement, value: textOf(approval['statement']) },
    { name: facts.authority, value: textOf(approval['authority']) },
  ];
  return rows.filter(({ value }) => value !== '');
}

/** What was decided, in words, and where what came of it is shown. */
export function decisionsOf(proposal: ShownProposal, language: Language) {
  const t = proposalTextsIn(language);
  return proposal.decisions.map(({ decision, by, at, reason, made, byOnePerson }) => ({
    sentence: t.decided[decision](authorInWords(by, language), fullMomentInWords(at, language)),
    reason,
    byOnePerson,
    href: addressOfMade(proposal, made),
  }));
}

function addressOfMade({ kind, subject, outcome }: ShownProposal, made: string | null): string | null {
  if (made === null) return null;
  switch (kind) {
    case 'announcement':
      return `/console/changes/${made}`;
    case 'activation':
    case 'approval':
      return `/console/changes/${subject ?? made}`;
    case 'invalid':
      return `/console/changes/${textOf(documentOf(outcome)['change'])}`;
    case 'role':
      return `/console/people/${subject ?? ''}`;
    case 'terms':
      return null;
  }
}
