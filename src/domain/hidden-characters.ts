/** Turn the direction of writing, so that a name is read as another: U+202E shows "fdp.exe" as "exe.pdf". */
const DIRECTION = /\p{Bidi_Control}/u;
/**
 * What nobody sees: ignorable characters, among them fillers and tags, controls but tabs and line ends, and the marks of
 * annotations. Not the combining marks of a name, which are seen.
 */
const HIDDEN = /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}]|(?![\t\n\r])\p{Cc}/u;
/** Chooses how the character before it is drawn: an emoji in colours, the form of an ideograph in a Japanese name. */
const VARIATION = /\p{Variation_Selector}/u;
const DRAWN = /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u;
/** Join letters, or keep them apart, in scripts whose spelling needs it: Persian, Sinhala, the scripts of India. */
const JOINER = /[\u200C\u200D]/;
const JOINED_SCRIPTS =
  /[\p{Script_Extensions=Arabic}\p{Script_Extensions=Syriac}\p{Script_Extensions=Nko}\p{Script_Extensions=Mongolian}\p{Script_Extensions=Devanagari}\p{Script_Extensions=Bengali}\p{Script_Extensions=Gurmukhi}\p{Script_Extensions=Gujarati}\p{Script_Extensions=Oriya}\p{Script_Extensions=Tamil}\p{Script_Extensions=Telugu}\p{Script_Extensions=Kannada}\p{Script_Extensions=Malayalam}\p{Script_Extensions=Sinhala}\p{Script_Extensions=Khmer}\p{Script_Extensions=Myanmar}\p{Script_Extensions=Tibetan}]/u;
/** What a joined emoji is made of, on either side of the joiner. */
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]/u;

/** A character that no reader sees, or that turns the direction of writing. */
export interface HiddenCharacter {
  /** `U+202E`. */
  readonly code: string;
  /** Its place among the characters of the text, from 1. */
  readonly place: number;
  readonly turnsDirection: boolean;
}

/**
 * The first character of a text that hides or turns what is read; `null` where there is none. Those that a name is spelt with
 * are none: joiners between letters of scripts that need them and within emoji, and variation selectors behind what they draw.
 */
export function hiddenCharacterIn(text: string): HiddenCharacter | null {
  if (!HIDDEN.test(text)) return null;
  const characters = [...text];
  const index = characters.findIndex(
    (character, at) =>
      HIDDEN.test(character) && !isSpelling(character, characters[at - 1] ?? '', characters[at + 1] ?? ''),
  );
  const found = characters[index];
  if (found === undefined) return null;
  const digits = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { code: `U+${digits}`, place: index + 1, turnsDirection: DIRECTION.test(found) };
}

/** Whether a hidden character is part of how the characters around it are spelt. */
function isSpelling(character: string, before: string, after: string): boolean {
  if (VARIATION.test(character)) return DRAWN.test(before);
  if (!JOINER.test(character)) return false;
  return JOINED_SCRIPTS.test(before) || (EMOJI.test(before) && EMOJI.test(after));
}
