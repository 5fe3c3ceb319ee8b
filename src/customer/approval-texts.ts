import type { Language } from '../domain/text.ts';

/** The pages' words about approving, in Danish. */
const danish = {
  title: 'Vi beder om jeres godkendelse',
  heading: 'Jeres svar',
  asked: (processor: string) =>
    `${processor} beder om jeres skriftlige godkendelse. Svarer I ikke, er det ikke en godkendelse.`,
  statementHeading: 'Det, I bliver bedt om at godkende',
  question: 'Hvad svarer I?',
  approve: 'Vi godkender det, der står ovenfor',
  approveHint: (email: string) =>
    `Vi sender en kode til ${email}, som du skriver på næste side. Først da er det godkendt.`,
  refuse: 'Vi godkender det ikke',
  refuseHint: 'Det gælder med det samme. I behøver ikke at begrunde det.',
  name: 'Dit navn',
  nameHint: (controller: string) => `Skal udfyldes, når I godkender. Du svarer på vegne af ${controller}.`,
  role: 'Din stilling',
  roleHint: 'Skal udfyldes, når I godkender. For eksempel direktør eller databeskyttelsesrådgiver.',
  comment: 'Bemærkning til et nej (kan udelades)',
  commentHint: (limit: string) =>
    `Højst ${limit} tegn. En godkendelse med forbehold er ikke en godkendelse: svar nej, og skriv hvad der skal til.`,
  submit: 'Fortsæt',
  told: (controller: string) => `Alle kontaktpersoner hos ${controller} får besked om svaret.`,
  besides: 'Et nej er ikke en indsigelse. Vil I også gøre indsigelse, kan I gøre det længere nede på siden.',
  sees: {
    waiting: 'I har godkendt. Godkendelsen har endnu ikke fået virkning.',
    effective: 'I har godkendt, og godkendelsen har fået virkning.',
    standing: 'I har svaret nej. Jeres nej gælder, indtil I trækker det tilbage, også hvis en anden hos jer godkender.',
    unconfirmed: 'Vi har modtaget en godkendelse fra jer på anden måde og er ved at undersøge den.',
    link: (number: number) => `Se svar nr. ${number}`,
  },
  mayNot: {
    heading: 'Hvem kan godkende?',
    body: (controller: string) => `Du kan svare nej, men du står ikke som en, der må godkende for ${controller}.`,
    approvers: 'Det må disse personer. De har fået den samme e-mail som du:',
    none: 'Vi har ikke fået oplyst nogen, der må.',
    nominate: 'Oplys, hvem der må godkende',
  },
  former: 'Du er ikke længere kontaktperson. Du kan svare nej her, men ikke godkende.',
  errors: {
    decision: 'Vælg, om I godkender',
    nameMissing: 'Skriv dit navn',
    roleMissing: 'Skriv din stilling',
    conditional: 'En godkendelse kan ikke have en bemærkning eller et forbehold. Fjern teksten, eller svar nej.',
    emailWrong: 'Skriv en e-mailadresse som navn@firma.dk',
    tooLong: (limit: string, found: string) => `Teksten må højst være på ${limit} tegn. Den er på ${found}.`,
    repeated: 'Feltet blev sendt flere gange. Ret det, og send igen.',
    nothingDone: 'Intet er ændret.',
    notSent: 'Vi har ikke registreret noget svar endnu. Ret fejlen, og send igen.',
  },
  problems: {
    'change-ended': 'Ændringen er afsluttet, så der er ikke længere noget at svare på.',
    'approval-not-asked': 'Vi beder ikke om jeres godkendelse af denne ændring.',
    'agreement-ended': 'Jeres aftale er ophørt, så ændringen vedrører ikke længere jer.',
    'already-in-force': 'Ændringen er allerede gennemført for jer. Skriv til os, hvis I er uenige i det.',
    'approval-of-another-version':
      'Det, du læste, er ikke det, vi beder om nu. Læs det igennem igen, og svar derefter.',
    'approval-stands': 'I har allerede godkendt. Det er ikke nødvendigt at gøre det igen.',
    'refusal-stands': 'I har svaret nej. Skal det være et andet svar, så træk jeres nej tilbage først.',
    'may-not-approve': 'Du står ikke som en, der må godkende på jeres vegne. Intet er godkendt.',
    'approval-already-ended': 'Svaret gælder ikke længere, så der er ikke noget at stoppe eller trække tilbage.',
    'code-limit': 'Vi har sendt fem koder inden for en time. Brug den nyeste, eller prøv igen senere.',
    'nomination-limit': 'I har oplyst fem personer, som vi endnu ikke har bekræftet. Skriv til os, hvis det haster.',
  },
  code: {
    heading: { approval: 'Skriv koden for at godkende', refusal: 'Skriv koden for at trække jeres nej tilbage' },
    sent: (email: string, until: string) => `Vi har sendt en e-mail med en kode til ${email}. Den gælder til ${until}.`,
    nothingYet: { approval: 'Intet er godkendt endnu.', refusal: 'Jeres nej gælder stadig.' },
    statement: 'Det, du godkender',
    signedBy: 'Godkendes af',
    code: 'Koden fra e-mailen',
    hint: 'Otte cifre.',
    missing: 'Skriv koden fra e-mailen',
    wrong: (triesLeft: number) =>
      `Koden er forkert. Du kan prøve ${triesLeft === 1 ? '1 gang' : `${triesLeft} gange`} til. Har du fået flere koder, gælder kun den nyeste.`,
    over: 'Koden gælder ikke længere. Begynd forfra, og få en ny.',
    submit: { approval: 'Godkend', refusal: 'Træk jeres nej tilbage' },
    again: 'Har du ikke fået den?',
    sendAgain: 'Send en ny kode',
    cancel: 'Fortryd',
  },
  receipt: {
    heading: {
      approval: (number: number) => `Vi har modtaget jeres godkendelse nr. ${number}`,
      refusal: (number: number) => `Vi har registreret jeres nej nr. ${number}`,
      ended: {
        approval: (number: number) => `Godkendelse nr. ${number} gælder ikke længere`,
        refusal: (number: number) => `Jeres nej nr. ${number} gælder ikke længere`,
      },
    },
    waiting: (hours: number) =>
      hours === 0
        ? 'Godkendelsen får virkning, så snart en af jeres kontaktpersoner har modtaget vores kvittering.'
        : `Godkendelsen får virkning ${hours === 1 ? '1 time' : `${hours} timer`} efter, at den første af jeres kontaktpersoner har modtaget vores kvittering.`,
    due: (when: string) => `Godkendelsen får virkning ${when}, hvis ingen af jer stopper den.`,
    effective: (when: string) => `Godkendelsen fik virkning ${when}.`,
    unconfirmed: 'Godkendelsen tæller først, når vi har undersøgt, at den, der skrev, må godkende for jer.',
    standing: {
      all: 'Så længe jeres nej gælder, kan ændringen ikke gennemføres.',
      each: 'Så længe jeres nej gælder, bliver ændringen ikke gennemført for jer.',
    },
    ended: {
      stopped: (when: string) => `Den blev stoppet ${when}, fordi en af jer svarede »Det var ikke os«.`,
      withdrawn: (when: string) => `Den blev trukket tilbage ${when}.`,
    },
    afterwards:
      'Ændringen er gennemført, og den bliver ikke trukket tilbage af sig selv. Vi har bedt en medarbejder om at kontakte jer.',
    next: {
      approval:
        'I har ikke godkendt. En, der må, kan godkende igen på siden, og enhver af jer kan svare nej. Svarer I ikke, er det ikke en godkendelse.',
      refusal: 'Det betyder ikke, at I har godkendt. En, der må, kan godkende på siden.',
    },
    inForce: 'Ændringen er gennemført for jer.',
    told: (controller: string) => `Alle kontaktpersoner hos ${controller} får besked på e-mail.`,
    number: 'Nummer',
    received: 'Modtaget',
    from: 'Fra',
    concerns: 'Angår',
    controller: 'Dataansvarlig',
    text: 'Teksten, som vi modtog den',
    noText: 'Ingen tekst',
    keep: 'Gem eller udskriv siden som dokumentation.',
    back: 'Tilbage til ændringen',
    stop: 'Det var ikke os: stop godkendelsen',
    withdraw: 'Træk jeres nej tilbage',
    former: (controller: string) =>
      `Alle kontaktpersoner hos ${controller} får en kvittering på e-mail og kan følge svaret. Det kan du ikke gennem dette link.`,
  },
  stop: {
    heading: (number: number) => `Vil I stoppe godkendelse nr. ${number}?`,
    body: 'Gør det, hvis det ikke var jer, hvis den, der godkendte, ikke måtte det, eller hvis I har skiftet mening. Ændringen er så ikke godkendt af jer.',
    confirmation: (number: number) => `Ja, godkendelse nr. ${number} skal ikke gælde`,
    missing: 'Sæt kryds, hvis godkendelsen skal stoppes',
    submit: 'Stop godkendelsen',
    cancel: 'Fortryd',
  },
  withdraw: {
    heading: (number: number) => `Vil I trække jeres nej nr. ${number} tilbage?`,
    body: 'Så er det ikke længere til hinder for, at ændringen gennemføres, hvis en, der må, har godkendt eller godkender den.',
    codeFirst: (email: string) => `Kun en kontaktperson kan gøre det. Derfor sender vi først en kode til ${email}.`,
    submit: 'Send koden',
    cancel: 'Fortryd',
  },
  nominate: {
    heading: 'Hvem må godkende på jeres vegne?',
    body: (controller: string, processor: string) =>
      `Oplys en person, der må godkende for ${controller}. ${processor} undersøger det. Derefter får personen en e-mail og kan godkende.`,
    name: 'Personens navn',
    email: 'Personens e-mailadresse',
    emailHint: 'Hertil sender vi anmodningen og koden.',
    role: 'Personens stilling',
    roleHint: 'For eksempel direktør.',
    nameHint: 'For- og efternavn.',
    missing: { name: 'Skriv personens navn', role: 'Skriv personens stilling' },
    submit: 'Send',
    received: 'Tak. Vi undersøger det',
    next: (name: string) =>
      `Når vi har bekræftet, at ${name} må godkende, får personen besked på e-mail. Intet er godkendt endnu.`,
  },
};

type ApprovalTexts = typeof danish;

/** The same in English. */
const english: ApprovalTexts = {
  title: 'We ask for your approval',
  heading: 'Your answer',
  asked: (processor) => `${processor} asks for your written approval. If you do not answer, that is not an approval.`,
  statementHeading: 'What you are asked to approve',
  question: 'What is your answer?',
  approve: 'We approve what is stated above',
  approveHint: (email) => `We send a code to ${email}, which you type on the next page. Only then is it approved.`,
  refuse: 'We do not approve it',
  refuseHint: 'This takes effect at once. You need not give reasons.',
  name: 'Your name',
  nameHint: (controller) => `Required in order to approve. You answer on behalf of ${controller}.`,
  role: 'Your position',
  roleHint: 'Required in order to approve. For example managing director or data protection officer.',
  comment: 'Comment on a no (optional)',
  commentHint: (limit) =>
    `At most ${limit} characters. An approval with conditions is no approval: answer no, and write what it would take.`,
  submit: 'Continue',
  told: (controller) => `Every contact at ${controller} is told of the answer.`,
  besides: 'A no is not an objection. If you also want to object, you can do so further down the page.',
  sees: {
    waiting: 'You have approved. The approval has not taken effect yet.',
    effective: 'You have approved, and the approval has taken effect.',
    standing:
      'You have answered no. That stands until you withdraw it, even if somebody else at your organisation approves.',
    unconfirmed: 'We have received an approval from you in another way, and are looking into it.',
    link: (number) => `See answer no. ${number}`,
  },
  mayNot: {
    heading: 'Who can approve?',
    body: (controller) =>
      `You can answer no, but you are not registered as somebody who may approve for ${controller}.`,
    approvers: 'These persons may. They have got the same e-mail as you:',
    none: 'We have not been told of anybody who may.',
    nominate: 'Tell us who may approve',
  },
  former: 'You are no longer a contact. You can answer no here, but you cannot approve.',
  errors: {
    decision: 'Choose whether you approve',
    nameMissing: 'Type your name',
    roleMissing: 'Type your position',
    conditional: 'An approval can have no comment and no condition. Remove the text, or answer no.',
    emailWrong: 'Type an e-mail address like name@company.com',
    tooLong: (limit, found) => `The text can have at most ${limit} characters. It has ${found}.`,
    repeated: 'The field was sent more than once. Correct it, and send it again.',
    nothingDone: 'Nothing was changed.',
    notSent: 'We have not recorded any answer yet. Correct the error, and send it again.',
  },
  problems: {
    'change-ended': 'The change has ended, so there is nothing to answer any more.',
    'approval-not-asked': 'We do not ask for your approval of this change.',
    'agreement-ended': 'Your agreement has ended, so the change no longer concerns you.',
    'already-in-force': 'The change has already been carried out for you. Please write to us if you disagree.',
    'approval-of-another-version': 'What you read is not what we ask for now. Read it again, and answer after that.',
    'approval-stands': 'You have approved already. There is no need to do so again.',
    'refusal-stands': 'You have answered no. If you want to answer otherwise, withdraw your refusal first.',
    'may-not-approve': 'You are not registered as somebody who may approve on your behalf. Nothing is approved.',
    'approval-already-ended': 'The answer no longer stands, so there is nothing to stop or withdraw.',
    'code-limit': 'We have sent five codes within an hour. Use the latest one, or try again later.',
    'nomination-limit':
      'You have named five persons whom we have not confirmed yet. Please write to us if it is urgent.',
  },
  code: {
    heading: { approval: 'Type the code to approve', refusal: 'Type the code to withdraw your refusal' },
    sent: (email, until) => `We have sent an e-mail with a code to ${email}. It can be used until ${until}.`,
    nothingYet: { approval: 'Nothing is approved yet.', refusal: 'Your refusal still stands.' },
    statement: 'What you approve',
    signedBy: 'Approved by',
    code: 'The code from the e-mail',
    hint: 'Eight digits.',
    missing: 'Type the code from the e-mail',
    wrong: (triesLeft) =>
      `The code is wrong. You can try ${triesLeft === 1 ? 'once' : `${triesLeft} times`} more. If you have got several codes, only the latest can be used.`,
    over: 'The code can no longer be used. Begin again, and get a new one.',
    submit: { approval: 'Approve', refusal: 'Withdraw your refusal' },
    again: 'Did it not arrive?',
    sendAgain: 'Send a new code',
    cancel: 'Cancel',
  },
  receipt: {
    heading: {
      approval: (number) => `We have received your approval no. ${number}`,
      refusal: (number) => `We have recorded your refusal no. ${number}`,
      ended: {
        approval: (number) => `Approval no. ${number} no longer stands`,
        refusal: (number) => `Your refusal no. ${number} no longer stands`,
      },
    },
    waiting: (hours) =>
      hours === 0
        ? 'The approval takes effect as soon as one of your contacts has received our receipt.'
        : `The approval takes effect ${hours === 1 ? '1 hour' : `${hours} hours`} after the first of your contacts has received our receipt.`,
    due: (when) => `The approval takes effect ${when}, unless one of you stops it.`,
    effective: (when) => `The approval took effect ${when}.`,
    unconfirmed: 'The approval counts once we have found out that whoever wrote may approve for you.',
    standing: {
      all: 'As long as your refusal stands, the change cannot be carried out.',
      each: 'As long as your refusal stands, the change will not be carried out for you.',
    },
    ended: {
      stopped: (when) => `It was stopped ${when}, because one of you answered “That was not us”.`,
      withdrawn: (when) => `It was withdrawn ${when}.`,
    },
    afterwards:
      'The change has been carried out, and is not taken back by itself. We have asked a member of staff to contact you.',
    next: {
      approval:
        'You have not approved. Somebody who may can approve again on the page, and any of you can answer no. If you do not answer, that is not an approval.',
      refusal: 'This does not mean that you have approved. Somebody who may can approve on the page.',
    },
    inForce: 'The change has been carried out for you.',
    told: (controller) => `Every contact at ${controller} is told by e-mail.`,
    number: 'Number',
    received: 'Received',
    from: 'From',
    concerns: 'Concerns',
    controller: 'Controller',
    text: 'The text as we received it',
    noText: 'No text',
    keep: 'Save or print this page for your records.',
    back: 'Back to the change',
    stop: 'That was not us: stop the approval',
    withdraw: 'Withdraw your refusal',
    former: (controller) =>
      `Every contact at ${controller} gets a receipt by e-mail and can follow the answer. You cannot do so through this link.`,
  },
  stop: {
    heading: (number) => `Do you want to stop approval no. ${number}?`,
    body: 'Do so if it was not you, if whoever approved may not do so, or if you have changed your mind. The change is then not approved by you.',
    confirmation: (number) => `Yes, approval no. ${number} shall not stand`,
    missing: 'Tick the box if the approval is to be stopped',
    submit: 'Stop the approval',
    cancel: 'Cancel',
  },
  withdraw: {
    heading: (number) => `Do you want to withdraw your refusal no. ${number}?`,
    body: 'It then no longer prevents the change from being carried out, if somebody who may has approved or approves it.',
    codeFirst: (email) => `Only a contact can do so. Therefore we first send a code to ${email}.`,
    submit: 'Send the code',
    cancel: 'Cancel',
  },
  nominate: {
    heading: 'Who may approve on your behalf?',
    body: (controller, processor) =>
      `Name a person who may approve for ${controller}. ${processor} looks into it. After that the person gets an e-mail and can approve.`,
    name: 'The person’s name',
    email: 'The person’s e-mail address',
    emailHint: 'This is where we send the request and the code.',
    role: 'The person’s position',
    roleHint: 'For example managing director.',
    nameHint: 'First name and surname.',
    missing: { name: 'Type the person’s name', role: 'Type the person’s position' },
    submit: 'Send',
    received: 'Thank you. We are looking into it',
    next: (name) =>
      `Once we have confirmed that ${name} may approve, the person is told by e-mail. Nothing is approved yet.`,
  },
};

/** The words of each language. */
export const APPROVAL_TEXTS: Readonly<Record<Language, ApprovalTexts>> = { da: danish, en: english };
export type { ApprovalTexts };
