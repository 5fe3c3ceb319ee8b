import type { Texts } from './texts-shape.ts';

const many = (count: number, one: string, more: string) =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : more}`;

export const english: Texts = {
  title: 'Announce a change',
  intro:
    'Here you announce to customers a change of the list of sub-processors. Nothing is sent before you have looked through it all and asked for it.',
  drafts: {
    heading: 'Your drafts',
    columns: { what: 'Change', product: 'Product', saved: 'Last saved' },
    untitled: 'No name yet',
    kept: 'Only you can see your drafts. Those that have not been saved for 90 days are deleted; an administrator may have set another number.',
    discard: 'Delete',
    discarded: 'The draft is deleted.',
    noProduct: 'You may not announce changes of any product. An administrator can give you the role officer.',
    begin: 'Begin a new one',
    instead: 'No',
  },
  saved: 'The draft is saved.',
  savedElsewhere:
    'The draft was saved in another window since this page was opened. What you have typed here stands below. Save again if that is what shall count.',
  keeping: {
    saved: (time) => `Saved ${time}`,
    elsewhere:
      'The draft was saved in another window after this page was opened, so what you type here is not saved by itself. Press Save the draft, and see what it says then.',
    lapsed:
      'You are signed out, so what you type is no longer saved by itself. Press Save the draft, and what you have typed is kept while you sign in.',
    failed: 'It could not be saved right now. It is tried again when you type on.',
  },
  steps: {
    about: 'Product and kind',
    company: 'Company',
    places: 'Places',
    reason: 'Reason',
    when: 'When',
    review: 'Review',
  },
  stepsHeading: 'Steps',
  state: { done: 'filled in', missing: 'not done' },
  buttons: {
    start: 'Begin',
    next: 'Save and continue',
    save: 'Save the draft',
    find: 'Find',
    use: 'Use these details',
    amend: 'Announce other details of it instead',
    addPlace: 'Add a place',
    test: 'Send me a test',
    announce: (controllers) => `Announce to ${many(controllers, 'customer', 'customers')} now`,
    propose: 'Send for approval',
  },
  kinds: {
    addition: { name: 'A new sub-processor', hint: 'A company that is not in the register is added.' },
    replacement: {
      name: 'One sub-processor instead of another',
      hint: 'A new company is added, and one that is in the register leaves.',
    },
    amendment: {
      name: 'Other details of a sub-processor',
      hint: 'The same company with, say, a new place, other processing, a new address or another place in the chain.',
    },
    removal: { name: 'A sub-processor leaves', hint: 'Nobody takes its place.' },
    'transfer-basis': {
      name: 'Another transfer basis',
      hint: 'One or more places outside the EEA are to rest on another basis. The places stay the same.',
    },
  },
  labels: {
    product: 'Product',
    kind: 'What happens?',
    supersedes: 'Is it announced instead of a change that was withdrawn?',
    entry: 'Company in the register',
    children: 'Sub-processor',
    'subProcessor.name': 'Full legal name of the company',
    'subProcessor.registrationNumber': 'CVR number, or another registration number',
    'subProcessor.address': 'Registered address',
    'subProcessor.country': 'Country in which the company is registered',
    'subProcessor.contactPerson.name': 'Name of the contact person',
    'subProcessor.contactPerson.email': 'E-mail address of the contact person',
    'subProcessor.parentId': 'Whose sub-processor is it?',
    'subProcessor.processing.da': 'Description of the processing, in Danish',
    'subProcessor.processing.en': 'Description of the processing, in English',
    'subProcessor.personalData.da': 'Categories of personal data, in Danish',
    'subProcessor.personalData.en': 'Categories of personal data, in English',
    'wordingOnly.processing': 'Only the wording of the processing changes',
    'wordingOnly.personalData': 'Only the wording of the personal data changes',
    country: 'Country',
    basis: 'Transfer basis',
    certifiedAs: 'Certified as (Data Privacy Framework)',
    entries: 'New basis',
    'reason.da': 'Reason, in Danish',
    'reason.en': 'Reason, in English',
    plannedActivationOn: 'Planned date',
    farDate: 'The day is right, although it is more than two years away',
    holdMinutes: 'Minutes from the announcement to its first e-mail',
    scope: 'The change applies only to the customers that approve it',
    'separation.da': 'How is the data of the other customers kept apart? In Danish',
    'separation.en': 'How is the data of the other customers kept apart? In English',
    'regime.objection': 'Give customers time to object, also where the agreement does not demand it',
    'regime.approval': 'Ask customers for their approval, also where the agreement does not demand it',
    'upstream.noticeReceivedOn': 'Received by you on',
    'upstream.objectBy': 'You can object yourselves up to and including',
    'upstream.effectiveOn': 'Effective at the sub-processor from',
    'upstream.reference': 'Reference of the sub-processor',
    listedInTerms: 'Versions of the terms that list the change already',
  },
  hints: {
    'subProcessor.registrationNumber': 'For example 19433692. Spaces and a country code make no difference.',
    'subProcessor.country':
      'The country of the address says nothing of where data is processed. That is the next step.',
    'subProcessor.processing.da': 'What does the company do for you? Customers read it as it stands here.',
    'subProcessor.processing.en': 'For customers who read English. Without it they get the Danish text.',
    'subProcessor.personalData.da': 'For example names, telephone numbers and recorded calls.',
    'subProcessor.personalData.en': 'For customers who read English. Without it they get the Danish text.',
    certifiedAs: 'For the US only: the name of the company on the list at dataprivacyframework.gov.',
    'reason.da': 'Why does the change happen? Customers read it as it stands here.',
    'reason.en': 'For customers who read English. Without it they get the Danish text.',
    holdMinutes:
      'Without a number the terms of the product apply. Until then it can be withdrawn without anybody being told.',
    scope: 'Only of changes that need approval. For all others the register stays as it is.',
    'separation.da': 'How it is made sure, and who vouches for it.',
    listedInTerms: 'One on each line. Customers that join on one of them are not asked.',
  },
  entryLabels: {
    replacement: 'Who leaves?',
    amendment: 'Whose details change?',
    removal: 'Who leaves?',
  },
  texts: {
    reason: 'the reason',
    'subProcessor.processing': 'the description of the processing',
    'subProcessor.personalData': 'the categories of personal data',
  },
  optional: 'optional',
  lookup: {
    heading: 'Is the company in a register already?',
    hint: 'Search by CVR number or name, and you need not type what is known.',
    label: 'CVR number or name',
    none: (words) => `No company in the registers fits “${words}”. Fill in its details below.`,
    found: 'Found in the registers',
    inProduct: (product) => `in the register of ${product}`,
    inThisRegister: 'It is in this register already.',
  },
  company: {
    chooseEntry: 'Choose a company',
    emptyRegister: 'There is no company in the register.',
    facts: 'The new company',
    factsOfAmendment: 'The details as they will be',
    contactPerson: 'Contact person at the company',
    processing: 'What it does',
    processor: (name) => `${name} (directly)`,
    children: 'Its own sub-processors',
    childrenHint: 'Where a company leaves, it has to be said what becomes of those that it uses itself.',
    childLabel: (child, under) => `What becomes of ${child}, which is a sub-processor of ${under} today?`,
    choose: 'Choose',
    leaves: 'It leaves too',
    staysUnder: (parent) => `It stays, as a sub-processor of ${parent}`,
    staysUnderNew: (replaced) => `It stays, as a sub-processor of the company that replaces ${replaced}`,
    wordingHint:
      'Tick it only where the processing is exactly the same and the words alone are new. Another person has to confirm it.',
  },
  places: {
    hint: 'Every country in which the company processes personal data, by remote access too. What a country needs stands beside it in the list.',
    row: (row) => `Place ${row}`,
    groups: {
      none: 'EEA: no basis',
      certified: 'USA: Data Privacy Framework, SCC or BCR',
      decision: 'Countries with an adequacy decision',
      clauses: 'Other countries: SCC or BCR',
    },
    bases: {
      '': 'None (within the EEA)',
      '45': 'Adequacy decision (Article 45; in the US the Data Privacy Framework)',
      SCC: 'SCC, standard contractual clauses (Article 46)',
      BCR: 'BCR, binding corporate rules (Article 46)',
    },
    unchanged: 'As today',
    needs: {
      none: (country) => `${country} is in the EEA and needs no basis.`,
      certified: (country) =>
        `${country}: the Data Privacy Framework where the company is certified, otherwise SCC or BCR.`,
      decision: (country) => `${country} has an adequacy decision. You need not know its number.`,
      clauses: (country) => `${country} has no adequacy decision: SCC or BCR.`,
    },
    entriesHint: 'Choose a new basis for the places that are to have one. The others stay as they are.',
    noneOutside: 'No place in the register is outside the EEA, so nothing rests on a transfer basis.',
    today: (basis) => `Today: ${basis}`,
  },
  when: {
    earliest: (day) =>
      `${day} at the earliest, where customers have time to object. A change that is for information only may take effect today.`,
    upstream: 'What the sub-processor has announced itself',
    upstreamHint:
      'Fill it in where the change comes from your own supplier. We then work out by when you have to announce.',
    stricter: 'More than the agreement demands',
    each: 'Only for those who approve',
  },
  review: {
    incomplete: 'The change cannot be announced yet',
    incompleteBody: 'Once this is in place, you can see what customers get.',
    refused: 'This stands in the way',
    warnings: 'Check this once more',
    regimeHeading: 'What the agreement demands',
    wordingOnly: 'Another person has to confirm that only the wording changes.',
    needs: {
      both: 'Customers have to approve the change, and they get time to object.',
      approval: 'Customers have to approve the change. Silence is not approval.',
      objection: 'Customers get time to object.',
      none: 'Customers are informed. Nobody has to answer, and nobody can stand in the way.',
    },
    audience: 'Who is told, and when it happens',
    facts: {
      controllers: 'Customers',
      notices: 'E-mails',
      noticesValue: (total, da, en) =>
        `${total.toLocaleString('en-GB')} (${da.toLocaleString('en-GB')} in Danish, ${en.toLocaleString('en-GB')} in English)`,
      withoutContact: 'Cannot be reached',
      withoutApprover: 'Have nobody who may approve',
      lastDay: 'Last day to object',
      planned: 'Planned date',
      earliest: 'Earliest possible date',
      noLaterThan: 'Announce no later than',
      hold: 'Waits before anybody is told',
      holdValue: (minutes) => many(minutes, 'minute', 'minutes'),
      nobody: 'Nobody',
      unreachable: (count) => `${many(count, 'customer', 'customers')} without a contact`,
    },
    comparison: 'The change as customers see it',
    comparisonHint: 'The comparison in the e-mail and on the page that its link opens.',
    mails: 'The e-mails as they will be',
    mailsHint: 'With a made-up customer in the place of a real one.',
    mailKinds: {
      notice: 'The notice',
      reminder: 'Reminder three days before the deadline',
      'approval-reminder': 'Reminder to answer',
      'change-activated': 'The change is carried out',
    },
    mailOf: (kind, language) => `${kind}, ${language}`,
    subject: 'Subject',
    asText: 'As plain text',
    languages: { da: 'in Danish', en: 'in English' },
    test: 'Test',
    testHint: (email) =>
      `The notice, marked as a test, goes to ${email} and to nobody else. Its link opens the page as customers see it.`,
    tested: (email) => `The test was sent to ${email}.`,
    testFailed: (response) => `The test was not accepted. The mail server said: ${response}`,
    samplePage: 'The page as customers see it',
    act: 'Announce',
    announceHint: (controllers) =>
      `${many(controllers, 'customer is', 'customers are')} told at once. An announcement can be withdrawn, and not altered.`,
    heldHint: (minutes) =>
      `For the first ${many(minutes, 'minute', 'minutes')} it can be withdrawn without anybody having been told.`,
    proposeHint:
      'Send it for approval if somebody else is to look through it first. Nobody is told anything before it is approved.',
    proposeFirst:
      'The terms of the product ask for two people: you propose, and somebody else approves. Nobody is told anything before that.',
    outdated: 'Something has changed since you looked through it',
    outdatedBody: 'This page shows it as it is now. Look through it again before you announce.',
  },
  faults: {
    missing: {
      product: 'Choose a product.',
      kind: 'Choose what happens.',
      supersedes: 'Choose a change, or none.',
      entry: 'Choose a company of the register.',
      children: 'Choose what becomes of it.',
      'subProcessor.name': 'Type the name of the company.',
      'subProcessor.registrationNumber': 'Type the registration number of the company.',
      'subProcessor.address': 'Type the registered address of the company.',
      'subProcessor.country': 'Choose the country in which the company is registered.',
      'subProcessor.contactPerson.name': 'Type the name of the contact person.',
      'subProcessor.contactPerson.email': 'Type the e-mail address of the contact person.',
      'subProcessor.parentId': 'Choose whose sub-processor it is.',
      'subProcessor.processing.da': 'Describe the processing in Danish.',
      'subProcessor.processing.en': 'Describe the processing in English.',
      'subProcessor.personalData.da': 'Type in Danish which personal data is processed.',
      'subProcessor.personalData.en': 'Type in English which personal data is processed.',
      'wordingOnly.processing': 'Tick it, or leave it.',
      'wordingOnly.personalData': 'Tick it, or leave it.',
      country: 'Choose one country at least.',
      basis: 'Choose a basis.',
      certifiedAs: 'Type the name that the company is certified under.',
      entries: 'Choose a new basis for one place at least.',
      'reason.da': 'Type the reason in Danish.',
      'reason.en': 'Type the reason in English.',
      plannedActivationOn: 'Type the day from which the change is to apply.',
      farDate: 'Tick it, or choose another day.',
      holdMinutes: 'Type a number of minutes, or leave it empty.',
      scope: 'Tick it, or leave it.',
      'separation.da': 'Type in Danish how the data of the others is kept apart, and who vouches for it.',
      'separation.en': 'Type it in English.',
      'regime.objection': 'Tick it, or leave it.',
      'regime.approval': 'Tick it, or leave it.',
      'upstream.noticeReceivedOn': 'Type the day on which you received the notice of the sub-processor.',
      'upstream.objectBy': 'Type the day, or leave it empty.',
      'upstream.effectiveOn': 'Type the day from which it holds at the sub-processor.',
      'upstream.reference': 'Type the reference, or leave it empty.',
      listedInTerms: 'Type the versions, or leave it empty.',
    },
    expected: {
      'subProcessor.registrationNumber': 'Type a number of letters or digits, of at most 50 characters.',
      'subProcessor.contactPerson.email': 'Type an e-mail address like name@company.com.',
      plannedActivationOn: 'Type a day that exists, like 2026-12-24.',
      'upstream.noticeReceivedOn': 'Type a day that exists, like 2026-12-24.',
      'upstream.objectBy': 'Type a day that exists, like 2026-12-24.',
      'upstream.effectiveOn': 'Type a day that exists, like 2026-12-24.',
      holdMinutes: 'Type a whole number of minutes from 0 to 10080, which is a week.',
      listedInTerms: 'Type each version once, of at most 200 characters.',
    },
    illFormed: (label) => `“${label}” cannot be read as it is typed.`,
    tooLong: (label, limit, found) =>
      `“${label}” may have ${limit.toLocaleString('en-GB')} characters at most. There are ${found.toLocaleString('en-GB')}.`,
    hidden: (label, code, place) =>
      `“${label}” has a character that nobody can see (${code}, character ${place}). Delete it, or type the text anew.`,
    otherChange: 'See the other change',
    customers: 'See the customers',
  },
  refusals: {
    'planned-date-too-early': ({ earliest, planned }) => `${planned} is too early: choose ${earliest} or later.`,
    'planned-date-too-far': ({ planned }) =>
      `${planned} is more than two years away. Tick that the day is right, or choose another.`,
    'upstream-days-out-of-order': () =>
      'The days do not fit: you received the notice today at the latest, can object after that, and it is effective last.',
    'transfer-basis-missing': ({ country, need }) =>
      need === 'certified'
        ? `${country} is outside the EEA: choose the Data Privacy Framework, SCC or BCR.`
        : need === 'decision'
          ? `${country} is outside the EEA: choose the adequacy decision, SCC or BCR.`
          : `${country} is outside the EEA and has no adequacy decision: choose SCC or BCR.`,
    'transfer-basis-invalid': ({ country, need }) =>
      need === 'none'
        ? `${country} is in the EEA, where nothing is transferred: choose no basis.`
        : need === 'certified'
          ? 'The Data Privacy Framework covers certified companies only: type the name of the one that is certified.'
          : `The Commission has no adequacy decision for ${country}: choose SCC or BCR.`,
    'entry-unknown': () => 'The company is not in the register today: choose another.',
    'parent-unknown': () => 'The company whose sub-processor it is is not in the register today: choose another.',
    'place-unknown': ({ entry, country }) =>
      `${entry} processes nothing in ${country} today. A new place is a change of the details of the company.`,
    'children-unsettled': ({ child }) => `Choose what becomes of ${child === '' ? 'its sub-processors' : child}.`,
    'parent-leaving': () =>
      'The company leaves, or another comes under it by a change that is announced: choose one that stays, or end the other change first.',
    'chain-loop': () => 'The company would be its own sub-processor: choose one that is not below it.',
    'another-company': ({ entry }) =>
      `It would be another company than ${entry}. Another company is a replacement. Of the same one the country and the number cannot change, and its name only by itself.`,
    'contact-person-missing': ({ entry }) =>
      `${entry} has a contact person in the register, and cannot be left without: type one.`,
    'change-without-effect': () => 'It is so in the register already: choose something that changes.',
    'entry-differs': ({ entry }) =>
      `${entry} differs between customers by an earlier change, so this cannot be changed for all at once.`,
    'wording-unchanged': () => 'The text is the same as in the register, so its wording does not change.',
    'nothing-to-approve': () => 'Nothing in the change needs approval, so it applies to all: untick it.',
    'superseded-change-unknown': () => 'A change can be announced instead of a withdrawn one only: choose another.',
    'controllers-without-contact': ({ withoutContact }) =>
      `Every customer has to be told, and ${many(withoutContact, 'customer has', 'customers have')} no contact. Give them one first.`,
    'already-in-register': ({ company }) =>
      `${company} is in the register already. Other details of it are a change of that company.`,
    'change-already-announced': ({ company, entry }) =>
      `${company || entry || 'The company'} is in a change that is announced already. Withdraw or end that one first.`,
  },
  warnings: {
    'nobody-to-notify': () => 'No customer has an agreement for the product, so nobody is told.',
    'nobody-may-approve': ({ withoutApprover }) =>
      `${many(withoutApprover, 'customer has', 'customers have')} nobody who may approve. They have to name somebody first, and that takes time.`,
    'few-working-days': () =>
      'There are holidays in the time to object, so customers have fewer working days than it seems.',
    'last-day-not-working': () => 'The last day to object is not a working day in Denmark.',
    'no-day-to-spare': ({ planned }) =>
      `${planned} is the earliest day there is. It cannot be kept if a single notice is accepted tomorrow.`,
    'planned-date-far': ({ planned }) => `${planned} is more than a year away.`,
    'similar-name': ({ company, similar }) =>
      `${company} has nearly the same name as ${similar || 'a company in another change that is announced'}. Is it another company?`,
    'not-translated': ({ inEnglish, untranslated }) =>
      `${many(inEnglish, 'e-mail is', 'e-mails are')} in English, and this is in Danish only: ${untranslated}.`,
    'could-be-apart': ({ waiting }) =>
      `${waiting} needs no approval and would wait for one here. Announced by itself it need not.`,
    'upstream-deadline-missed': () =>
      'The deadline of customers ends after the last day on which you can object to the sub-processor yourselves.',
    'upstream-effective-later': () =>
      'At the sub-processor the change is effective later, and it cannot come into force before.',
  },
};
