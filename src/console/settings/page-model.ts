import { NO_FAULTS, type FormFaults } from '../form-faults.ts';
import type { Shown } from '../page.ts';
import type { WaitingProposal } from '../proposals/waiting.ts';

/** A cell of a table: text, a link, a state, or text with more to unfold. */
export type Cell =
  | string
  | {
      readonly text: string;
      readonly href?: string;
      /** What a link is of, where others of the table have its text: for who hears them. */
      readonly about?: string;
      readonly tag?: string;
      /** Shown when it is unfolded, as it stands on record. */
      readonly more?: { readonly summary: string; readonly content: string };
    };

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly none: string;
}

interface Option {
  readonly value: string;
  readonly name: string;
  readonly hint?: string;
}

/** A field of a form, by the part that shows it. */
export type Field =
  | { readonly part: 'hidden'; readonly id: string; readonly value: string }
  | { readonly part: 'heading'; readonly text: string; readonly hint?: string }
  | { readonly part: 'tick'; readonly id: string; readonly label: string; readonly isTicked: boolean }
  | ({ readonly part: 'field'; readonly type?: string; readonly value: string; readonly optional?: boolean } & Named)
  | ({ readonly part: 'textarea'; readonly rows?: number; readonly value: string; readonly optional?: boolean } & Named)
  | ({ readonly part: 'select'; readonly value: string; readonly options: readonly Option[] } & Named)
  | {
      readonly part: 'choices';
      readonly id: string;
      readonly legend: string;
      readonly type: 'radio' | 'checkbox';
      readonly hint?: string;
      readonly options: readonly Option[];
      readonly chosen: readonly string[];
    };

interface Named {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
}

/** A form; with `method` a search, whose fields stand beside each other unless `isStacked`. */
export interface FormModel {
  readonly action: string;
  readonly method?: 'get';
  readonly isStacked?: boolean;
  readonly fields: readonly Field[];
  readonly submit: string;
  /** Whether what it does cannot be undone. */
  readonly isGrave?: boolean;
  /** Whether its button is one of several, and not what the page is for. */
  readonly isSecond?: boolean;
  /**
   * What is done next, with the value of its `step`, below the sections that say what it would do. The fields and `submit` are folded
   * away above them then, under `again`.
   */
  readonly next?: {
    readonly text: string;
    readonly step: string;
    readonly would: readonly Section[];
    readonly again: string;
  };
}

interface Link {
  readonly href: string;
  readonly text: string;
}

export interface Section {
  readonly id: string;
  readonly heading: string;
  /** Where its heading leads. */
  readonly href?: string;
  readonly paragraphs?: readonly string[];
  /** Text to be copied to the letter. */
  readonly code?: string;
  readonly facts?: readonly { readonly name: string; readonly value: string; readonly href?: string }[];
  readonly links?: readonly Link[];
  readonly table?: Table;
  /** The address of the table's next page. */
  readonly next?: string | null;
  readonly forms?: readonly FormModel[];
}

/** A page of the settings: where it belongs, what it says, and what can be done. */
export interface SettingsPage {
  readonly heading: string;
  readonly back?: Link;
  readonly intro?: readonly string[];
  readonly links?: readonly Link[];
  /** What has happened, or must be read first. */
  readonly notice?: string | null;
  /** What is proposed about what the page is of, and waits. */
  readonly proposals?: readonly WaitingProposal[];
  readonly form?: FormModel;
  readonly sections?: readonly Section[];
  readonly faults?: FormFaults;
  /** What can be proposed instead of what was refused. */
  readonly offer?: string | null;
}

/** Shows a page of the settings. */
export function settingsPage({ faults: said = NO_FAULTS, ...page }: SettingsPage): Shown {
  const { status, errors, faults } = said;
  return {
    view: 'console/settings/views/page',
    title: page.heading,
    status,
    isError: errors.length > 0,
    model: { ...page, errors: errors.length > 0 ? errors : null, faults },
  };
}
