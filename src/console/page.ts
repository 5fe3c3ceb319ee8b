import type { Readable } from 'node:stream';
import type { Scope } from '../domain/permission.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import type { Visit } from './visit.ts';

/** A template of the console, by its path below `src`: of its frame, or of one of its areas. */
type ConsoleView = `console/views/${string}` | `console/${string}/views/${string}`;

/** What a page or a form of the console is answered with: a page, another address, or a file. */
export type Shown =
  | {
      readonly view: ConsoleView;
      readonly title: string;
      readonly status?: number;
      /** Whether the page reports a fault; its title then begins with "Error". */
      readonly isError?: boolean;
      /** Of a form that is shown again: what it is done once under. */
      readonly once?: string;
      /** Whether its address shows it once: there is no way from it to the same page in the other language. */
      readonly isShownOnce?: boolean;
      /** What the template is filled with. */
      readonly model: object;
      /**
       * What was typed, so that nobody types it twice: what the template does not print stands below it. Default: of a form that was
       * refused, all of it.
       */
      readonly typed?: readonly string[];
    }
  | { readonly to: string }
  | { readonly file: Buffer | Readable; readonly type: string; readonly name: string }
  /** A part of a page that is asked for again and again (`data-live`). */
  | { readonly part: ConsoleView; readonly model: object }
  /** What a script of ours asks for. */
  | { readonly json: object }
  /** A mail as it looks, for a frame without scripts. */
  | { readonly mail: string };

/** An address of the console. */
export interface ConsolePage {
  /** What a person must be allowed to come here; `null` where being signed in is enough. What it does asks for more by itself. */
  readonly scope: Scope | null;
  /** Of a form that does what cannot be undone: whether two factors must have been proved lately (D56). */
  readonly takesFreshFactors?: true;
  /** Whether somebody may come here who came by a link and has proved no two factors yet: to register what proves them (D59). */
  readonly isBeforeFactors?: true;
  /** Whether a page asks for it by itself, again and again: that is no use of the session, which nobody may be sitting at (D56). */
  readonly isAskedUnseen?: true;
  /** Whether a page sends a form by itself while it is typed: what it sends after its session has ended is still in the page, and kept nowhere. */
  readonly isSentUnseen?: true;
  /**
   * What it is answered with. Whatever a form changes goes by the visit: a form that was kept is shown again by this, with a visit that
   * refuses to act and no dependencies (`kept-forms.ts`).
   */
  readonly show: (visit: Visit, dependencies: ConsoleDependencies) => Promise<Shown>;
  /** How a form that was kept is shown again, where `show` reads or acts by its dependencies. It changes nothing. */
  readonly showAgain?: ConsolePage['show'];
}

/** A page, or what a form does, for everybody of the company who has this scope. */
export const consolePage = (
  scope: Scope | null,
  show: ConsolePage['show'],
  options: Omit<ConsolePage, 'scope' | 'show'> = {},
): ConsolePage => ({ scope, show, ...options });
