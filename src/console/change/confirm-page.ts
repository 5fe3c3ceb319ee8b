import { NO_FAULTS, type FormFaults } from '../form-faults.ts';
import type { Shown } from '../page.ts';
import type { Passage } from '../../domain/text.ts';
import type { ChangeShown } from './change-shown.ts';

/** What a page of a change says before it is done, or has done; and the button that does it. */
interface Confirm {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** What is confirmed, element by element. */
  readonly elements?: readonly { readonly element: string; readonly from: Passage; readonly to: Passage }[] | null;
  /** The last part of the address that does it; `null` where there is nothing to do any more. */
  readonly act: string | null;
  readonly submit: string;
}

/** The page that asks for one press of a button about a change, with what it was refused for. */
export function confirmPage(
  { t, href }: Pick<ChangeShown, 't' | 'href'>,
  { heading, paragraphs, elements = null, act, submit }: Confirm,
  { status, errors }: FormFaults = NO_FAULTS,
): Shown {
  return {
    view: 'console/change/views/confirm',
    title: heading,
    status,
    isError: errors.length > 0,
    model: { t, href, heading, paragraphs, elements, errors, action: act && `${href}/${act}`, submit },
  };
}
