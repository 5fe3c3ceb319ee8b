import { faultsOf, NO_FAULTS, textOf, type FormFaults } from '../form-faults.ts';
import { consolePage, type ConsolePage, type Shown } from '../page.ts';
import { withOffer } from '../proposals/propose.ts';
import type { Visit } from '../visit.ts';
import { showThing, type Decision, type Found, type Noun, type PreviewOfDecision } from './noun.ts';
import { addressOf, scopeOf } from './sections.ts';
import { inboxTextsIn } from './texts.ts';

/**
 * What the forms of a thing do. Its first form says what is decided, and is answered with what that would do and send; from there
 * the same is said again, to confirm it, to have a mail as a picture, or to change it. What sends nothing is done at once. What is
 * refused is shown on the page of the thing as it is then, with all that was typed: so who comes second sees what the first has decided.
 */
export function deciding<Thing extends Found>(noun: Noun<Thing>): ConsolePage {
  const { section, decisions } = noun;
  return consolePage(scopeOf(section), async (visit) => {
    const { form, params } = visit;
    const step = textOf(form, 'step');
    const decision = decisions[textOf(form, 'decide')];
    if (decision === undefined || step === 'edit') return showThing(visit, noun, { form, faults: NO_FAULTS });
    const { operation, preview, body, act } = decision;
    const id = params['id'] ?? '';
    const address = addressOf(section, id);
    try {
      const said = { params: { id }, body: await body(form, visit) };
      if (preview === null || step === 'confirm') {
        await visit.perform(operation, said);
        // What was shown comes with the form that confirms it: what is done cannot be previewed any more.
        const told = { true: '?said=mailed', false: '?said=done' }[textOf(form, 'mailed')] ?? '';
        return { to: address + told };
      }
      const would = await visit.ask(preview.operation, said);
      if (step === 'picture') return { mail: would.mails[Number(textOf(form, 'mail'))]?.html ?? '' };
      const names = ['decide', ...decision.fields];
      return previewPage(visit, { address, names, preview, would, offer: null });
    } catch (error) {
      const refused = refusalOf(error, decision, visit);
      const { faults, offer } = withOffer(refused, act?.(id, form) ?? null);
      if (offer === null || preview === null) return showThing(visit, noun, { form, faults });
      const names = ['decide', ...decision.fields];
      const would = { result: null, mails: [] };
      return { ...previewPage(visit, { address, names, preview, would, offer }), status: faults.status };
    }
  });
}

/** What a decision was refused with, beside the fields of its form. Throws what no form can mend. */
function refusalOf(error: unknown, { fields, fieldOf = {} }: Decision, { language }: Visit): FormFaults {
  const { expected, refusals } = inboxTextsIn(language);
  const texts = Object.fromEntries(fields.map((field) => [field, expected.text]));
  return faultsOf(error, { language, fieldOf, expected: { ...texts, ...expected }, refusals });
}

interface Previewed {
  readonly address: string;
  /** The fields that say the same again. */
  readonly names: readonly string[];
  readonly preview: PreviewOfDecision;
  readonly would: Awaited<ReturnType<PreviewOfDecision['operation']['read']>>;
  /** What can be proposed where two people have to do it (D61). */
  readonly offer: string | null;
}

/** What a decision would do and send, with the form that makes it; or with the offer to propose it. */
function previewPage(
  { form, language }: Visit,
  { address, names, preview, would: { result, mails }, offer }: Previewed,
): Shown {
  const t = inboxTextsIn(language);
  return {
    view: 'console/inbox/views/preview',
    title: t.preview.heading,
    model: {
      t,
      // Filled in where a session had ended, and the form is shown again (D57).
      errors: [],
      offer,
      action: address,
      said: names.map((name) => ({ name, value: textOf(form, name) })).filter(({ value }) => value !== ''),
      says: preview.says(form, t).filter(({ value }) => value !== ''),
      becomes: preview.becomes(result, t),
      mails: mails.map(({ to, ...mail }) => ({ ...mail, to: to.map(({ name, email }) => `${name} <${email}>`) })),
      does: preview.does(form, t),
      recipients: new Set(mails.flatMap(({ to }) => to.map(({ email }) => email))).size,
    },
  };
}
