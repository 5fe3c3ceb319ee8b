import type { Scope } from '../../domain/permission.ts';
import type { Language } from '../../domain/text.ts';

/** What each right of a key lets a program do: a scope that is missing here does not compile. */
const WORDS: Readonly<Record<Scope, Readonly<Record<Language, string>>>> = {
  'products:read': { da: 'Se produkter, vilkår og registret', en: 'See products, terms and the register' },
  'controllers:read': { da: 'Se kunder', en: 'See customers' },
  'changes:read': { da: 'Se ændringer', en: 'See changes' },
  'notices:read': { da: 'Se underretninger', en: 'See notices' },
  'objections:read': { da: 'Se indsigelser', en: 'See objections' },
  'approvals:read': { da: 'Se godkendelser og afslag', en: 'See approvals and refusals' },
  'events:read': { da: 'Se hændelser', en: 'See events' },
  'changes:announce': { da: 'Varsle ændringer', en: 'Announce changes' },
  'changes:activate': { da: 'Gennemføre ændringer', en: 'Activate changes' },
  'changes:withdraw': { da: 'Trække ændringer tilbage', en: 'Withdraw changes' },
  'notices:write': { da: 'Sende underretninger igen og registrere breve', en: 'Send notices again and record letters' },
  'objections:file': { da: 'Registrere indsigelser', en: 'Record objections' },
  'scans:write': { da: 'Lægge scannede breve og e-mails ved', en: 'Add scans of letters and mails' },
  'objections:resolve': { da: 'Afgøre indsigelser', en: 'Resolve objections' },
  'approvals:record': { da: 'Registrere godkendelser og afslag', en: 'Record approvals and refusals' },
  'approvals:confirm': { da: 'Bekræfte godkendelser', en: 'Confirm approvals' },
  'answers:read': { da: 'Læse svar', en: 'Read answers' },
  'answers:classify': { da: 'Vurdere svar', en: 'Classify answers' },
  'mails:read': { da: 'Læse e-mails og hente dokumentation', en: 'Read mails and download evidence' },
  'mails:decide': { da: 'Beslutte om e-mails', en: 'Decide about mails' },
  'retention:manage': { da: 'Styre opbevaring', en: 'Manage retention' },
  'proposals:read': { da: 'Se forslag', en: 'See proposals' },
  'proposals:write': { da: 'Stille forslag', en: 'Make proposals' },
  'proposals:approve': { da: 'Godkende forslag', en: 'Approve proposals' },
  'products:write': { da: 'Ændre produkter og vilkår', en: 'Change products and terms' },
  'controllers:write': { da: 'Ændre kunder', en: 'Change customers' },
  'persons:manage': { da: 'Udlevere og slette personoplysninger', en: 'Hand out and erase personal data' },
  'webhooks:manage': { da: 'Styre webhooks', en: 'Manage webhooks' },
  'keys:manage': { da: 'Styre nøgler', en: 'Manage keys' },
  'people:manage': { da: 'Styre personer', en: 'Manage people' },
  'audit:read': { da: 'Se, hvem der gjorde hvad', en: 'See who did what' },
};

/** What a right of a key is, with its name in the API: "Varsle ændringer (changes:announce)". */
export const scopeInWords = (scope: Scope, language: Language): string => `${WORDS[scope][language]} (${scope})`;
