import { envelopeAddressOf } from '../domain/email-address.ts';
import type { ContactPerson } from '../domain/register.ts';
import type { SlotValues } from './form.ts';

/** What the slots of a mail are filled with: columns of its message, and what is derived for it. */
export interface FilledWith {
  readonly messageId: string;
  readonly email: string;
  readonly contactName: string;
  readonly controllerName: string;
  readonly controllerId: string;
  readonly composedAt: string;
  readonly token: string;
  readonly tag: string | null;
  readonly code: string | null;
  readonly reference: string | null;
}

/** The values of all slots that a form may have, by their names, when it is sent and when it is made again. */
export function slotValues(
  { messageId, email, contactName, controllerName, controllerId, composedAt, ...marks }: FilledWith,
  contactPersons: readonly ContactPerson[],
): SlotValues {
  const values: Record<string, string> = {
    messageId,
    email: envelopeAddressOf(email),
    contactName,
    controllerName,
    controllerId,
    composedAt,
    token: marks.token,
    tag: marks.tag ?? '',
    code: marks.code ?? '',
    reference: marks.reference ?? '',
  };
  for (const [index, person] of contactPersons.entries()) {
    values[`personName${index}`] = person.name;
    values[`personEmail${index}`] = person.email;
  }
  return values;
}
