import { pageFor, type OfficerMail } from './officer-mail.ts';
import { customerInWords, phraseOf, type ConcernedChange, type Customer } from './officer-words.ts';

/** The mail about somebody whom a contact names as one who may approve (D42). */
export function nominationMail(
  { change, customer }: ConcernedChange & { readonly customer: Customer },
  nomination: {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly email: string;
    readonly nominatedBy: string;
  },
): OfficerMail {
  const { id, name, role, email, nominatedBy } = nomination;
  return {
    kind: 'nomination',
    subject: `${change.productName}: ${customer.name} har oplyst, hvem der kan godkende`,
    body: [
      `${customerInWords(customer)} har oplyst, hvem der kan godkende ${phraseOf({ change })}.`,
      '',
      `Navn: ${name}`,
      `Stilling: ${role}`,
      `E-mail: ${email}`,
      `Oplyst af: ${nominatedBy}`,
      '',
      'Undersøg, om personen må godkende på kundens vegne. Før en af jer har bekræftet det, kan personen ikke godkende.',
      `Det bekræftes i API’et: POST /v1/nominations/${id}/confirm`,
      '',
      'Ændringen i det offentlige register:',
    ].join('\n'),
    page: pageFor(change.product, change.id),
  };
}
