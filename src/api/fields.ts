import { z } from 'zod';
import { isCountry } from '../domain/country.ts';
import { isMailAddress } from '../domain/email-address.ts';
import { startOfDay } from '../domain/instant.ts';
import { hiddenCharacterIn } from '../domain/hidden-characters.ts';
import { MAX_HOLD_MINUTES } from '../domain/hold.ts';
import { LANGUAGES } from '../domain/text.ts';
import { EXAMPLE_ID } from './examples.ts';

const wellFormed = (text: string) => text.isWellFormed();

/** Whether a reader sees anything. The empty string passes, because `min` reports it already. */
const visible = (text: string) => text === '' || /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u.test(text);

/** What is wrong with a text that hides or turns what is read; `null` where nothing is. */
function hidingFault(text: unknown): string | null {
  const found = typeof text === 'string' ? hiddenCharacterIn(text) : null;
  if (found === null) return null;
  const what = found.turnsDirection ? 'turns the direction of writing' : 'nobody can see';
  return `Expected no hidden characters, found ${found.code}, which ${what}, as character ${found.place}`;
}

const someText = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'Expected text, found none')
    .max(max, `Expected at most ${max} characters`)
    .refine(visible, 'Expected text, found none that can be seen')
    .refine((text) => !visible(text) || hidingFault(text) === null, { error: ({ input }) => hidingFault(input) ?? '' });

/** Text on one line. */
export const line = (max: number) =>
  someText(max).refine(
    (text) => !/[\t\n\r\p{Zl}\p{Zp}]/u.test(text) && wellFormed(text),
    'Expected one line, found a tab or a line end',
  );

/** Text of any number of lines. */
export const prose = (max: number) => someText(max).refine(wellFormed, 'Expected whole characters, found half of one');

export const text = z.strictObject({ da: prose(5_000), en: prose(5_000).optional() }).meta({
  id: 'Text',
  description: 'A text for customers; Danish is required.',
  examples: [{ da: 'Drift af servere', en: 'Hosting of servers' }],
});

const cutSpaces = (typed: string) => typed.replace(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, '');

export const email = z
  .string()
  .overwrite(cutSpaces)
  .refine(
    isMailAddress,
    'Expected an address like name@example.com: no quotes, comments, commas, line breaks or invisible characters, at most 254 bytes',
  )
  .meta({ maxLength: 254, pattern: '^[^\\s@]+@[^\\s@]+$', examples: ['dpo@kunde.example'] });

export const language = z.enum(LANGUAGES);

export const country = z
  .string()
  .refine(isCountry, 'Expected an ISO 3166-1 alpha-2 code in capitals, like DK')
  .meta({ maxLength: 2, pattern: '^[A-Z]{2}$', examples: ['DK'] });

/** A calendar day that exists, as `Temporal.PlainDate`. PostgreSQL has no year 0. */
export const day = z.iso
  .date('Expected a day that exists, as YYYY-MM-DD')
  .refine((value) => !value.startsWith('0000'), 'Expected a year from 0001 to 9999')
  .transform((value) => Temporal.PlainDate.from(value));

/** An instant with its offset, as `Temporal.Instant`. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Expected an instant like 2026-03-01T09:30:00Z, with Z or an offset' })
  // Keeps milliseconds: Temporal refuses more than nine digits of a second.
  .transform((value) => Temporal.Instant.from(value.replace(/(\.\d{3})\d+/, '$1')))
  .refine((value) => /^(?!0000)\d{4}-/.test(value.toString()), 'Expected a year from 0001 to 9999');

/** Where the days of a filter begin. */
const DAYS_OF_FILTERS = 'Europe/Copenhagen';
const EXPECTED_MOMENT =
  'Expected a day like 2026-03-01, or an instant like 2026-03-01T09:30:00Z with Z or an offset (+ is written %2B)';

/** A filter by time, as `Temporal.Instant`: an instant, or a day, which means its beginning in Danish time. */
export const moment = z
  .string()
  .max(40, EXPECTED_MOMENT)
  .transform((value, context) => {
    const [asDay, asInstant] = [day.safeParse(value), instant.safeParse(value)];
    if (asDay.success) return startOfDay(asDay.data, DAYS_OF_FILTERS);
    if (asInstant.success) return asInstant.data;
    context.addIssue({ code: 'custom', message: EXPECTED_MOMENT });
    return z.NEVER;
  })
  .meta({ examples: ['2026-03-01', '2026-03-01T09:30:00Z'] });

/** Words that somebody looks for. */
export const search = line(200).meta({ examples: ['ørsted'] });

/** In lower case, as PostgreSQL writes it, so that ids can be compared as text. */
export const uuid = z
  .guid('Expected a UUID')
  .toLowerCase()
  .meta({ examples: [EXAMPLE_ID] });

export const productId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Expected lower-case letters, digits and hyphens, at most 63')
  .meta({ maxLength: 63, examples: ['truetalk'] });

/** What a version of a product's terms is called. */
export const termsVersion = line(200).meta({ examples: ['2026-03'] });

/** Products that something is limited to. */
export const productIds = z.array(productId).min(1, 'Expected at least one, or null for all products').max(100);

export const externalId = z
  .string()
  .regex(/^[^\s/\\?#%\p{C}]{1,100}$/u, 'Expected 1 to 100 characters without spaces, / \\ ? # or %')
  .meta({ maxLength: 100, examples: ['kunde-1001'] });

/** A value in a response that may be another one than these later, without notice: one of many, and growing. */
export const openEnum = (values: readonly string[]) => z.string().meta({ 'x-extensible-enum': values });

/** Instants and days in responses. */
export const instantOut = z.string().meta({ format: 'date-time', examples: ['2026-03-01T09:30:00.000Z'] });
/** How long an announcement is held (D33). */
export const holdMinutes = z.number().int().min(0).max(MAX_HOLD_MINUTES);
export const dayOut = z.string().meta({ format: 'date', examples: ['2026-03-01'] });

const transferBasis = z
  .discriminatedUnion('article', [
    z.strictObject({ article: z.literal('45'), decision: line(200), certifiedAs: line(200).optional() }),
    z.strictObject({ article: z.literal('46'), instrument: z.enum(['SCC', 'BCR']) }),
  ])
  .meta({
    id: 'TransferBasis',
    description: 'The basis of a transfer outside the EEA under GDPR chapter V (D3).',
    examples: [
      { article: '45', decision: 'DPF', certifiedAs: 'Example Inc.' },
      { article: '46', instrument: 'SCC' },
    ],
  });

export const location = z.strictObject({ country, transferBasis: transferBasis.nullable().default(null) });
export const locations = z.array(location).min(1, 'Expected at least one place of processing').max(100);

export const contactPerson = z.strictObject({ name: line(200), email });

/** The fields of a response that show a mail's words (`MailContent`). */
export const mailContent = {
  from: z.object({ name: z.string().nullable(), email: z.string().nullable() }),
  subject: z.string(),
  text: z.string(),
  quoted: z.string(),
  attachments: z.array(z.object({ filename: z.string().nullable(), contentType: z.string(), bytes: z.number().int() })),
};
