import type { ApiDependencies } from '../../api/dependencies.ts';
import type { DecisionPreview } from '../../api/decision-previews.ts';
import type { Command, Query, Schema } from '../../http/operation.ts';
import { NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type ConsolePage, type Shown } from '../page.ts';
import type { WaitingProposal } from '../proposals/waiting.ts';
import type { Form, Visit } from '../visit.ts';
import { storyAddress } from '../addresses.ts';
import { customerPath, nameOfCustomer } from '../customers/shown.ts';
import { changeOf, type ChangeOfInbox } from './context.ts';
import { addressOf, scopeOf, sectionsFor, type Section } from './sections.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

/** What a thing is called, with what it is and perhaps where that is shown. What has no value is not shown. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly href?: string;
}

/** What an officer can decide about something of the inbox. */
export interface Decision {
  readonly operation: Command<ApiDependencies>;
  /** The fields of its form. */
  readonly fields: readonly string[];
  /** What its form says, as a program would send it. May throw a `FieldFault`. */
  readonly body: (form: Form, visit: Visit) => object | undefined | Promise<object | undefined>;
  /** The fields that are called otherwise in that. */
  readonly fieldOf?: Readonly<Record<string, string>>;
  /** The same as a proposal, of what a product can ask two people for (D61). */
  readonly act?: (id: string, form: Form) => object;
  /** How it is shown before it is done (D64); `null` of what sends the controller nothing, and is done at once. */
  readonly preview: PreviewOfDecision | null;
}

export interface PreviewOfDecision {
  readonly operation: DecisionPreview;
  /** What the form says, in words. */
  readonly says: (form: Form, t: InboxTexts) => readonly Fact[];
  /** What becomes of the thing, of what the decision would get as its response. */
  readonly becomes: (result: unknown, t: InboxTexts) => readonly string[];
  /** What it does, as the button says that does it. */
  readonly does: (form: Form, t: InboxTexts) => string;
}

/** A decision that takes an explanation alone, typed in this field, and sends the controller nothing. */
export const explained = (operation: Decision['operation'], field: string): Decision => ({
  operation,
  fields: [field],
  body: (form) => ({ explanation: textOf(form, field) }),
  fieldOf: { explanation: field },
  preview: null,
});

/** Something of the inbox, as the API shows it. */
export interface Found {
  readonly id: string;
  readonly changeId: string | null;
  readonly controller: string | null;
}

/** What the page of a thing is made of. */
export interface Showing<Thing extends Found> {
  readonly visit: Visit;
  readonly t: InboxTexts;
  /** The change that it is about; only a mail may be about none. */
  readonly change: Thing['changeId'] extends string ? ChangeOfInbox : ChangeOfInbox | null;
}

/** What the page of a thing has of its own. */
export interface ShownThing {
  readonly heading: string;
  readonly tag: { readonly text: string; readonly tag: string };
  /** What has to be known before anything else. */
  readonly notes?: readonly string[];
  /** Behind its customer and its change. */
  readonly facts: readonly Fact[];
  /** What is proposed about it, and waits. */
  readonly proposals?: readonly WaitingProposal[];
  /** What else its template is filled with. */
  readonly model: object;
}

/** A noun of the inbox: how one of it is read and shown, and what can be decided about it. */
export interface Noun<Thing extends Found> {
  readonly section: Section;
  readonly view: `console/inbox/views/${string}`;
  readonly get: Query<ApiDependencies, Schema, Schema, Schema, Thing>;
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly show: (thing: Thing, showing: Showing<Thing>) => ShownThing | Promise<ShownThing>;
}

/** What was typed into a form of the page, and what it was refused with. */
export interface Tried {
  readonly form: Form;
  readonly faults: FormFaults;
}

/** `GET` of one thing. Deciding asks for more than reading it by itself. */
export const pageOf = <Thing extends Found>(noun: Noun<Thing>): ConsolePage =>
  consolePage(scopeOf(noun.section), (visit) => showThing(visit, noun, { form: {}, faults: NO_FAULTS }));

/** The page of one thing, as it is now. */
export async function showThing<Thing extends Found>(
  visit: Visit,
  { section, view, get, decisions, show }: Noun<Thing>,
  { form, faults: { status, errors, faults } }: Tried,
): Promise<Shown> {
  const t = inboxTextsIn(visit.language);
  const thing = await visit.ask(get, { params: { id: visit.params['id'] ?? '' } });
  const change = thing.changeId === null ? null : await changeOf(visit, thing.changeId);
  const customer = thing.controller === null ? [] : [await factOfCustomer(visit, thing.controller, t)];
  const showing = { visit, t, change } as Showing<Thing>;
  const { heading, tag, notes = [], facts, proposals = [], model } = await show(thing, showing);
  const { said } = visit.query;
  const isMailed = said === 'mailed' && thing.changeId !== null && thing.controller !== null;
  const fields = Object.values(decisions).flatMap((decision) => decision.fields);
  return {
    view,
    title: heading,
    status,
    isError: errors.length > 0,
    model: {
      t,
      errors,
      faults,
      said: isMailed ? t.preview.mailed : said === 'done' ? t.preview.done : null,
      mailedAt: isMailed ? storyAddress(thing.changeId, thing.controller) : null,
      heading,
      tag,
      notes,
      proposals,
      action: addressOf(section, thing.id),
      sections: sectionsFor(visit, section),
      facts: [
        ...customer,
        ...(change === null ? [] : [{ name: t.facts.change, value: change.name, href: change.href }]),
        ...facts.filter(({ value }) => value !== ''),
      ],
      form: Object.fromEntries(fields.map((name) => [name, textOf(form, name)])),
      ...model,
    },
  };
}

async function factOfCustomer(visit: Visit, externalId: string, t: InboxTexts): Promise<Fact> {
  const name = await nameOfCustomer(visit, externalId);
  return {
    name: t.facts.customer,
    value: name === null ? externalId : `${name} (${externalId})`,
    href: customerPath(externalId),
  };
}
