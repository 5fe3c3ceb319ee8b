import type { ApiDependencies } from '../../api/dependencies.ts';
import type { DecisionPreview } from '../../api/decision-previews.ts';
import type { Scope } from '../../domain/permission.ts';
import type { Command } from '../../http/operation.ts';
import { PROBLEMS } from '../../http/problems.ts';
import { consolePage, type ConsolePage, type Shown } from '../page.ts';
import { withOffer } from '../proposals/propose.ts';
import type { Form, Visit } from '../visit.ts';
import { triedOf, typed, UNTRIED, type Tried } from './form.ts';
import { inboxTextsIn, type InboxTexts } from './texts.ts';

/** What an officer can decide about something of the inbox: the operation that does it, and the one that shows it before (D64). */
export interface Decision {
  readonly operation: Command<ApiDependencies>;
  readonly preview: DecisionPreview;
  /** The fields of its form. */
  readonly fields: readonly string[];
  /** What its form says, as a program would send it. */
  readonly body: (form: Form) => object | undefined;
  /** The same as a proposal, of what a product can ask two people for (D61). */
  readonly act?: (id: string, form: Form) => object;
  /** What its form says, in words. */
  readonly says: (form: Form, t: InboxTexts) => readonly { readonly name: string; readonly value: string }[];
  /** What becomes of the thing, of what the decision would get as its response. */
  readonly becomes: (result: unknown, t: InboxTexts) => readonly string[];
}

/** A noun of the inbox that is decided about. */
export interface Noun {
  /** What takes reading it; deciding asks for more by itself. */
  readonly scope: Scope;
  readonly address: (id: string) => string;
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly show: (visit: Visit, tried: Tried) => Promise<Shown>;
}

/** The page of one thing. */
export const pageOf = (noun: Noun): ConsolePage => consolePage(noun.scope, (visit) => noun.show(visit, UNTRIED));

/**
 * What the forms of a thing do. Its first form says what is decided, and is answered with what that would do and send; from there
 * the same is said again, to confirm it, to have a mail as a picture, or to change it. What is refused is shown on the page of the
 * thing as it is then, with all that was typed: so who comes second sees what the first has decided.
 */
export function deciding(noun: Noun): ConsolePage {
  return consolePage(noun.scope, async (visit) => {
    const { form, params } = visit;
    const decision = noun.decisions[typed(form, 'decide')];
    if (decision === undefined || typed(form, 'step') === 'edit') return noun.show(visit, { ...UNTRIED, form });
    const said = { params: { id: params['id'] ?? '' }, body: decision.body(form) };
    try {
      if (typed(form, 'step') === 'confirm') {
        await visit.perform(decision.operation, said);
        return { to: noun.address(said.params.id) };
      }
      const preview = await visit.ask(decision.preview, said);
      if (typed(form, 'step') !== 'picture') return previewPage(visit, noun, decision, { ...preview, offer: null });
      return { mail: preview.mails[Number(typed(form, 'mail'))]?.html ?? '' };
    } catch (error) {
      const { form: again, ...refused } = triedOf(error, visit);
      const { faults, offer } = withOffer(refused, decision.act?.(said.params.id, form) ?? null);
      if (offer !== null) return previewPage(visit, noun, decision, { result: null, mails: [], offer });
      return noun.show(visit, { form: again, ...faults });
    }
  });
}

/** What a decision would do and send, with the form that makes it; or with the offer to propose it, where two people have to (D61). */
function previewPage(
  { form, language, params }: Visit,
  noun: Noun,
  decision: Decision,
  { result, mails, offer }: Awaited<ReturnType<DecisionPreview['read']>> & { readonly offer: string | null },
): Shown {
  const t = inboxTextsIn(language);
  const names = ['decide', ...decision.fields];
  return {
    view: 'console/inbox/views/preview',
    title: t.preview.heading,
    ...(offer !== null && { status: PROBLEMS['second-person-needed'].status }),
    model: {
      t,
      // Filled in where a session had ended, and the form is shown again (D57).
      errors: [],
      offer,
      action: noun.address(params['id'] ?? ''),
      said: names.map((name) => ({ name, value: typed(form, name) })).filter(({ value }) => value !== ''),
      says: decision.says(form, t).filter(({ value }) => value !== ''),
      becomes: decision.becomes(result, t),
      mails: mails.map(({ to, ...mail }) => ({ ...mail, to: to.map(({ name, email }) => `${name} <${email}>`) })),
      recipients: mails.reduce((sum, { to }) => sum + to.length, 0),
    },
  };
}
