import { authorWithoutId } from './author.ts';
import { changeInShort } from './change-words.ts';
import type { Proposal, ProposalKind } from './proposal.ts';
import { oneLine } from './text.ts';
import { inSeries, instantInWords } from './wording.ts';

/** What is proposed, in Danish. */
const PROPOSED: Readonly<Record<ProposalKind, string>> = {
  announcement: 'at varsle en ændring',
  activation: 'at gennemføre en ændring',
  invalid: 'at afgøre en indsigelse som ugyldig',
  approval: 'at registrere en kundes skriftlige godkendelse',
  terms: 'nye vilkår for produktet',
  role: 'at give en person en rolle',
};

/** The same with the change, or the companies, that it is about: "at gennemføre en ændring: ny underdatabehandler Acme". */
function proposedInWords({ kind, outcome }: Pick<Proposal, 'kind' | 'outcome'>): string {
  const about =
    kind === 'announcement' || kind === 'activation'
      ? changeInShort(outcome as Parameters<typeof changeInShort>[0], 'da')
      : inSeries(((outcome as { readonly companies?: readonly string[] }).companies ?? []).map(oneLine), 'da');
  return about === '' ? PROPOSED[kind] : `${PROPOSED[kind]}: ${about}`;
}

/** The mail to who may approve a proposal (D60): in Danish, plain text, whose last line is about `page`. */
export function proposalMail(
  { id, kind, outcome, proposedBy, expiresAt }: Proposal,
  product: { readonly name: string; readonly timeZone: string },
): { subject: string; body: string; page: string } {
  const proposed = proposedInWords({ kind, outcome });
  const until = instantInWords(expiresAt, product.timeZone, 'da');
  return {
    subject: `Forslag til godkendelse (${product.name}): ${PROPOSED[kind]}`,
    body: [
      `${authorWithoutId(proposedBy)} foreslår for ${product.name} ${proposed}.`,
      '',
      'Intet sker, før en anden end forslagsstilleren har godkendt det.',
      `Det kan godkendes eller afvises til ${until}; derefter bortfalder det.`,
      '',
      'Se forslaget, og hvad det vil gøre:',
    ].join('\n'),
    page: `/console/proposals/${id}`,
  };
}
