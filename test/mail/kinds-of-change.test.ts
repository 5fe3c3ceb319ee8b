import { describe, expect, test } from 'vitest';
import * as changes from '../../emails/example-changes.ts';
import { EXAMPLES } from '../../emails/examples.ts';
import { contentOf } from '../../src/domain/message-content.ts';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { templateOf } from '../../src/mail/templates.ts';
import { factsFor, shownBy } from './example-facts.ts';

const { ADDITION, ADDITION_IN_INDIA, ADDRESS, ASKED_BESIDES, CHILD_LEAVES, CHILD_STAYS } = changes;
const { NEW_ACTIVITY, REMOVAL, TRANSFER_BASIS, WORDING } = changes;
const ANSWER_BY = { da: 'onsdag den 23. december 2026 kl. 23.59', en: 'Wednesday 23 December 2026 at 23:59' };
const OBJECT_BY = { da: 'torsdag den 3. december 2026 kl. 23.59', en: 'Thursday 3 December 2026 at 23:59' };

/** The facts of a message on this change, with the deadlines that its regime has. */
function on(
  change: changes.ExampleChange,
  kind: 'notice' | 'approval-reminder' | 'late-notice' = 'notice',
  language: Language = 'da',
) {
  const facts = factsFor('notice', { language });
  const { objection, approval } = change.regime;
  const deadline = objection ? facts.deadline : null;
  const answerBy = approval ? facts.answerBy : null;
  return { ...facts, ...contentOf({ ...facts, kind, change, deadline, answerBy }) };
}

/** What is false where the change has none of it. */
const ABOUT_OBJECTING = /gør indsigelse|gøre indsigelse|Frist for indsigelse|object to|for objections|You can object/i;
const ABOUT_APPROVING = /godkendelse|godkende\b|Svar senest|approval|approve\b|Answer by/;

describe('A request for approval', () => {
  test.each<[Language, string[]]>([
    [
      'da',
      [
        'Vi beder om jeres skriftlige godkendelse. Svarer I ikke, sker det ikke for jer.',
        'Gintel AS: beskrivelse af behandlingen (punkt B.1)',
        'Gintel AS: kategorier af personoplysninger (punkt B.1)',
        'Gintel AS: nyt behandlingssted, Sverige (punkt C.5)',
        'Gintel AS: kontaktperson (EDPB’s udtalelse 22/2024)',
        'I dag: Bistår med support og fejlretning Planlagt: Bistår med support og fejlretning, og udskriver',
        'Flere kunder har bedt om at kunne læse deres talebeskeder',
        'Svarer I ikke, tæller det som et nej',
        'Et nej kræver ingen begrundelse',
        'Så gennemføres ændringen ikke for jer',
        'Mette Holm, for.',
        '24 timer efter',
        'En godkendelse skal være uden forbehold',
      ],
    ],
    [
      'en',
      [
        'We ask for your written approval. If you do not answer, it will not happen for you.',
        'Gintel AS: description of the processing (clause B.1)',
        'Gintel AS: new place of processing, Sweden (clause C.5)',
        'Gintel AS: contact person (EDPB Opinion 22/2024)',
        'Today: Assists with support and fault correction Planned: Assists with support and fault correction, and transcribes',
        'If you do not answer, that counts as a no',
        'A no needs no reasons',
        'Mette Holm, head of operations at Telenor A/S, vouches for it.',
        '24 hours after',
        'An approval must be unconditional',
      ],
    ],
  ])(
    'tells in %s what is asked by which clause, from what to what, and what follows from no answer',
    (language, told) => {
      const shown = shownBy(on(NEW_ACTIVITY, 'notice', language));
      expect(shown.text).toContain(ANSWER_BY[language]);
      for (const words of told) {
        expect(shown.text).toContain(words);
        if (!words.includes(': ')) expect(shown.html).toContain(words);
      }
      expect(shown.text).not.toMatch(ABOUT_OBJECTING);
    },
  );

  test.each(LANGUAGES)('with time to object tells the two deadlines apart, in %s', (language) => {
    const { text } = shownBy(on(ADDITION_IN_INDIA, 'notice', language));
    const [asked, objectable, both] = {
      da: [
        'DET BEDER VI JER GODKENDE - Cloudmesh Inc.: nyt behandlingssted, Indien (punkt C.5)',
        'DET KAN I OGSÅ GØRE INDSIGELSE MOD - Cloudmesh Inc. som ny underdatabehandler (punkt B.2) Frist for indsigelse: ',
        'Gør I ikke indsigelse, har I dermed ikke godkendt noget',
      ],
      en: [
        'WHAT WE ASK YOU TO APPROVE - Cloudmesh Inc.: new place of processing, India (clause C.5)',
        'WHAT YOU MAY ALSO OBJECT TO - Cloudmesh Inc. as a new sub-processor (clause B.2) Deadline for objections: ',
        'If you do not object, you have not thereby approved anything',
      ],
    }[language];
    expect(text).toContain(asked);
    expect(text).toContain(`${objectable}${OBJECT_BY[language]}`);
    expect(text).toContain(both);
    expect(text).toContain(ANSWER_BY[language]);
    expect(text).not.toMatch(/kan vi tage|may engage/);
  });

  test('that nothing demands says that it is asked for all the same', () => {
    const { text } = shownBy(on(ASKED_BESIDES));
    expect(text).toContain('Atlassian udgår (EDPB’s udtalelse 22/2024)');
    expect(text).toContain('Databehandlervilkårene kræver ikke jeres godkendelse af dette.');
    expect(shownBy(on(NEW_ACTIVITY)).text).not.toContain('Databehandlervilkårene kræver ikke');
  });

  test('takes effect at once where its terms say so', () => {
    const change = { ...NEW_ACTIVITY, terms: { ...NEW_ACTIVITY.terms, approvalEffectiveAfterHours: 0 } };
    expect(shownBy(on(change)).text).toContain('virkning, så snart den første kvittering er nået frem');
  });

  test('is reminded of with what is asked, and that silence is a no', () => {
    const { text } = shownBy(on(ADDITION_IN_INDIA, 'approval-reminder'));
    for (const words of [ANSWER_BY.da, 'Svarer I ikke, sker det ikke.', 'nyt behandlingssted, Indien (punkt C.5)']) {
      expect(text).toContain(words);
    }
  });

  test('tells who comes late that the time to object is over, and still asks', () => {
    const { text } = shownBy(on(ADDITION_IN_INDIA, 'late-notice'));
    expect(text).toContain(`Fristen for indsigelse er udløbet. Den var: ${OBJECT_BY.da}`);
    expect(text).toContain('Vi beder om jeres skriftlige godkendelse');
  });
});

describe('Information', () => {
  test.each([
    ['a removal', REMOVAL, 'Userflow Inc. udgår (EDPB’s udtalelse 22/2024)'],
    ['a transfer basis', TRANSFER_BASIS, 'Google: overførselsgrundlag for USA (punkt C.6)'],
    ['another address', ADDRESS, 'Gintel AS: registreret adresse (EDPB’s udtalelse 22/2024)'],
  ])('of %s asks for nothing, gives no deadline, and says whom to write to', (_kind, change, told) => {
    for (const language of LANGUAGES) {
      const { text } = shownBy(on(change, 'notice', language));
      expect(text).not.toMatch(ABOUT_OBJECTING);
      expect(text.replace(/kræver .* ikke jeres godkendelse|needs no approval of yours/, '')).not.toMatch(
        ABOUT_APPROVING,
      );
      expect(text).toContain('indsigelse@telenor.example');
      expect(composeMessage(on(change, 'notice', language)).attachments).toEqual([]);
    }
    const { text } = shownBy(on(change));
    expect(text).toContain(told);
    expect(text).toContain('I behøver ikke svare eller foretage jer noget');
  });

  test('compares each company, with a heading over each, and marks only what changes', () => {
    const { text } = composeMessage(on(TRANSFER_BASIS));
    for (const name of ['USERFLOW INC.', 'GOOGLE']) expect(text).toContain(`\n${name} I DAG OG EFTER ÆNDRINGEN\n`);
    expect(text.match(/\(ændres\)/g)).toHaveLength(2);
    expect(text).toContain(
      '\nBehandlingssteder og overførselsgrundlag (ændres)\nUSA: til orientering (punkt C.6)\n  I dag:\n',
    );
  });
});

describe('A notice', () => {
  test('of another wording says that only the words change, and that the change may be carried out', () => {
    const { text } = shownBy(on(WORDING));
    expect(text).toContain('Userflow Inc.: beskrivelse af behandlingen, kun ordlyden (punkt B.1 og B.2)');
    expect(text).toContain('oplyser Telenor A/S, at behandlingen er den samme som før');
    expect(text).toContain('kan vi gennemføre ændringen fra og med tirsdag den 15. december 2026');
    expect(text).not.toMatch(ABOUT_APPROVING);
  });

  test('tells what becomes of the sub-processors of one that is replaced', () => {
    const leaving = composeMessage(on(CHILD_LEAVES)).text;
    expect(leaving).toContain('\nGOOGLE UDGÅR\n');
    expect(leaving).toContain('- Google udgår (EDPB’s udtalelse 22/2024)');
    const staying = shownBy(on(CHILD_STAYS, 'notice', 'en')).text;
    expect(staying).toContain('Google: sub-processor of Telenor A/S instead of Userflow Inc. (clause B.2)');
    expect(staying).toContain(
      'Place in the chain of processors (changes) you may object (clause B.2) Today: Telenor A/S → Userflow Inc. → Google Planned: Telenor A/S → Google',
    );
  });
});

describe('The subject', () => {
  test.each([
    [ADDITION, 'TrueTalk: ny underdatabehandler Cloudmesh Inc. – indsigelse senest 3. december 2026'],
    [
      ADDITION_IN_INDIA,
      'TrueTalk: vi beder om jeres godkendelse – ny underdatabehandler Cloudmesh Inc. – svar senest 23. december 2026',
    ],
    [
      NEW_ACTIVITY,
      'TrueTalk: vi beder om jeres godkendelse – ændring hos underdatabehandler Gintel AS – svar senest 23. december 2026',
    ],
    [REMOVAL, 'TrueTalk: orientering – underdatabehandler Userflow Inc. udgår – tidligst 23. november 2026'],
    [
      TRANSFER_BASIS,
      'TrueTalk: orientering – nyt overførselsgrundlag for Userflow Inc. og Google – tidligst 15. december 2026',
    ],
    [WORDING, 'TrueTalk: ændring hos underdatabehandler Userflow Inc. – indsigelse senest 3. december 2026'],
  ])('of a notice says what is asked, and ends with the day (%#)', (change, subject) => {
    expect(composeMessage({ ...on(change), reference: null }).subject).toBe(subject);
  });
});

test('Every kind of message that goes out by itself has an example in every form', () => {
  const shown = new Set(EXAMPLES.map(({ facts }) => templateOf(facts)));
  for (const template of [...MESSAGE_KINDS, 'approval-request', 'information'] as const) {
    expect(shown).toContain(template);
  }
});
