import { textOf } from '../form-faults.ts';
import type { Form } from '../visit.ts';
import type { ShownContact } from './shown.ts';

/** A contact's fields as they were typed. */
export interface TypedContact {
  readonly contactName: string;
  readonly email: string;
  readonly language: string;
  readonly mayApprove: boolean;
}

export function typedContact(form: Form): TypedContact {
  return {
    contactName: textOf(form, 'contactName'),
    email: textOf(form, 'email'),
    language: textOf(form, 'language') || 'da',
    mayApprove: textOf(form, 'mayApprove') === 'true',
  };
}

/** A contact's fields as it stands. */
export const standingContact = ({ name, ...rest }: ShownContact): TypedContact => ({ ...rest, contactName: name });

/** A contact as the API takes it. */
export const contactFrom = ({ contactName, email, language, mayApprove }: TypedContact) => ({
  name: contactName,
  email,
  language,
  mayApprove,
});
