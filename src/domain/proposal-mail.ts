import type { Proposal, ProposalKind } from './proposal.ts';
import { instantInWords } from './wording.ts';

/** What is proposed, in Danish. */
const PROPOSED: Readonly<Record<ProposalKind, string>> = {
  announcement: 'en ændring, der skal annonceres for kunderne',
  activation: 'at gennemføre en ændring',
  invalid: 'at afgøre en indsigelse som ugyldig',
  approval: 'at registrere en kundes skriftlige godkendelse',
  terms: 'nye vilkår for produktet',
  role: 'at give en person en rolle',
};

/** The mail to who may approve a proposal (D60): in Danish, plain text, whose last line is about `page`. */
export function proposalMail(
  { id, kind, proposedBy, expiresAt }: Proposal,
  product: { readonly name: string; readonly timeZone: string },
): { subject: string; body: string; page: string } {
  const until = instantInWords(expiresAt, product.timeZone, 'da');
  return {
    subject: `Forslag til godkendelse (${product.name}): ${PROPOSED[kind]}`,
    body: [
      `${proposedBy} foreslår ${PROPOSED[kind]}, for ${product.name}.`,
      '',
      'Intet sker, før en anden end forslagsstilleren har godkendt det.',
      `Det kan godkendes eller afvises til ${until}; derefter bortfalder det.`,
      '',
      'Se forslaget, og hvad det vil gøre:',
    ].join('\n'),
    page: `/console/proposals/${id}`,
  };
}
