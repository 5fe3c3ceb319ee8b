import { hash } from 'node:crypto';
import { ENCODERS, type Encoder } from './encoders.ts';

/** The values of a mail's slots, by the names of these. */
export type SlotValues = Readonly<Record<string, string>>;

/** The place of a value: with what stands directly around it, encoded by these encoders, one after the other. */
export interface Slot {
  readonly slot: string;
  readonly before?: string;
  readonly after?: string;
  readonly as: readonly Encoder[];
}

/** A whole message, from its first field on, as pieces: what is written in it, and slots (D50). */
export type Pieces = readonly (string | Slot)[];

/** A form, as it is kept: by the hash of its text. */
export interface Form {
  readonly pieces: Pieces;
  /** Its pieces as JSON. */
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly sha256: string;
}

export function formOf(pieces: Pieces): Form {
  const joined = pieces.reduce<(string | Slot)[]>((all, piece) => {
    const last = all.at(-1);
    if (typeof piece !== 'string' || typeof last !== 'string') all.push(piece);
    else all[all.length - 1] = last + piece;
    return all;
  }, []);
  const text = JSON.stringify(joined);
  return { pieces: joined, text, sha256: hash('sha256', text, 'hex') };
}

/**
 * The message: its pieces, one after the other, each slot with its value. Nothing else takes part in it. Throws where a slot has
 * no value, or its encoder is not known: then the form is of a later version.
 */
export function filledForm(pieces: Pieces, values: SlotValues): string {
  let message = '';
  for (const piece of pieces) message += typeof piece === 'string' ? piece : filledSlot(piece, values);
  return message;
}

function filledSlot({ slot, before = '', after = '', as }: Slot, values: SlotValues): string {
  const value = values[slot];
  if (value === undefined) throw new Error(`a form has the slot "${slot}", and its message has no value for it`);
  let encoded = before + value + after;
  for (const name of as) {
    // Out of a database, so it may be any text.
    const encode = (ENCODERS as Readonly<Record<string, ((text: string) => string) | undefined>>)[name];
    if (encode === undefined) throw new Error(`a form has the encoder "${name}", which this version does not have`);
    encoded = encode(encoded);
  }
  return encoded;
}
