/** The legal basis for processing personal data outside the EEA (GDPR chapter V, D3). `null` inside the EEA. */
export type TransferBasis =
  | { readonly article: '45'; readonly decision: string; readonly certifiedAs?: string | undefined }
  | { readonly article: '46'; readonly instrument: 'SCC' | 'BCR' };

/** A place of processing (C.5). Never derived from the registered address (D3). */
export interface Location {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly transferBasis: TransferBasis | null;
}

export type TransferBasisRefusal = {
  readonly because: 'transfer-basis-missing' | 'transfer-basis-invalid';
  readonly detail: string;
};

/** The EU, its territories that have a country code of their own and where EU law applies, and IS, LI, NO. */
const EEA = new Set(
  (
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK ' +
    'AX GF GP MF MQ RE YT'
  ).split(' '),
);

/**
 * The Commission's adequacy decisions under GDPR art. 45 (or art. 25(6) of Directive 95/46, kept in force by art. 45(9)),
 * by country. The Data Privacy Framework (2023/1795) covers certified companies only and is named `DPF`.
 */
const ADEQUACY_DECISIONS: ReadonlyMap<string, string> = new Map([
  ['AD', '2010/625'],
  ['AR', '2003/490'],
  ['BR', '2026/179'],
  ['CA', '2002/2'],
  ['CH', '2000/518'],
  ['FO', '2010/146'],
  ['GB', '2021/1772'],
  ['GG', '2003/821'],
  ['IL', '2011/61'],
  ['IM', '2004/411'],
  ['JE', '2008/393'],
  ['JP', '2019/419'],
  ['KR', '2022/254'],
  ['NZ', '2013/65'],
  ['US', '2023/1795'],
  ['UY', '2012/484'],
]);

/** Whether the country is in the European Economic Area: the EU with Iceland, Liechtenstein and Norway (D3). */
export function isInEea(country: string): boolean {
  return EEA.has(country);
}

/** The number of the Commission's adequacy decision for a country; `null` where there is none. That of the US covers certified companies only. */
export function adequacyDecision(country: string): string | null {
  return ADEQUACY_DECISIONS.get(country) ?? null;
}

/**
 * Why a location lacks the transfer basis that it needs (D3); `null` when it has it. Inside the EEA there must be none;
 * outside, an adequacy decision that exists for that country (for the US the DPF, with the certified company's name), or SCC
 * or BCR. The reason says what was found and what is expected.
 */
export function refuseTransferBasis({ country, transferBasis }: Location): TransferBasisRefusal | null {
  const invalid = (detail: string): TransferBasisRefusal => ({ because: 'transfer-basis-invalid', detail });
  if (isInEea(country)) {
    return transferBasis === null
      ? null
      : invalid(`${country} is in the EEA, where nothing is transferred: transferBasis must be null.`);
  }
  if (transferBasis === null) {
    return {
      because: 'transfer-basis-missing',
      detail: `${country} is outside the EEA: expected a transfer basis under GDPR art. 45 or 46, found none.`,
    };
  }
  if (transferBasis.article === '46') return null;
  const known = ADEQUACY_DECISIONS.get(country);
  if (known === undefined) {
    return invalid(`The Commission has made no adequacy decision for ${country}: expected SCC or BCR under art. 46.`);
  }
  const { decision, certifiedAs } = transferBasis;
  if (country === 'US') {
    if (decision !== 'DPF')
      return invalid(`For US the decision is "DPF" (Data Privacy Framework), found "${decision}".`);
    if (certifiedAs === undefined || certifiedAs.trim() === '') {
      return invalid('The Data Privacy Framework covers certified companies only: certifiedAs must name the company.');
    }
    return null;
  }
  if (certifiedAs !== undefined) {
    return invalid(
      `Companies are certified under the Data Privacy Framework of the US only: ${country} takes no certifiedAs.`,
    );
  }
  return namesOnly(decision, known)
    ? null
    : invalid(`"${decision}" does not name the adequacy decision for ${country}: expected ${known}.`);
}

/** Whether a text names the decision `known` by its number, and no other country's decision. */
function namesOnly(decision: string, known: string): boolean {
  const numbers: readonly string[] = decision.match(/\b\d{4}\/\d+\b/g) ?? [];
  const others = [...ADEQUACY_DECISIONS.values()].filter((other) => other !== known);
  return numbers.includes(known) && !numbers.some((number) => others.includes(number));
}

/** The number of an adequacy decision. */
const DECISION_NUMBER = /\b\d{4}\/\d+\b/;

/**
 * What a transfer rests on, in one word that can be asked for: `SCC`, `BCR`, `DPF`, or the number of the adequacy decision, as
 * `2021/1772`. `null` where nothing is stated, as inside the EEA.
 */
export function basisCode({ transferBasis }: Location): string | null {
  if (transferBasis === null) return null;
  if (transferBasis.article === '46') return transferBasis.instrument;
  return DECISION_NUMBER.exec(transferBasis.decision)?.[0] ?? transferBasis.decision;
}
