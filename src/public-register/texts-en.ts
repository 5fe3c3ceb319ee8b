import type { RegisterTexts } from './texts-da.ts';

export const english: RegisterTexts = {
  heading: (product) => `Sub-processors of ${product}`,
  intro: (processor, product) =>
    `${processor} processes personal data for the customers who use ${product}. This page lists the sub-processors that are approved for it, what they do, and where.`,
  processor: (name, registrationNumber, address) =>
    `Processor: ${name}, company registration number (CVR) ${registrationNumber}, ${address}.`,

  day: {
    label: 'See the list as it was on another day',
    hint: 'Choose a day up to today.',
    submit: 'Show the list',
    faults: {
      'not-a-day': (typed, example) => `“${typed}” is not a day. Enter year, month and day, for example ${example}.`,
      'not-yet': (typed) => `The day ${typed} has not come yet. Choose a day up to today.`,
    },
  },

  list: {
    today: (day) => `The list today, ${day}`,
    past: (day) => `The list as it was on ${day}`,
    isPast: 'This is not today’s list.',
    toToday: 'See today’s list',
    ofProcessor: (processor) => `Sub-processors of the processor, ${processor}`,
    of: (parent) => `Sub-processors of ${parent}`,
    parentIsNotListed: (parent) => `${parent} is not on the list itself on this day.`,
    forSome: 'Holds for some customers',
    factsFrom: (day) => `As here since ${day}`,
    empty: 'There are no sub-processors on the list on this day.',
  },
  columns: {
    name: 'Name',
    registrationNumber: 'Registration number',
    address: 'Address',
    processing: 'Description of the processing',
    personalData: 'Personal data processed',
    places: 'Places of processing and transfer basis',
  },
  csv: {
    name: 'Name',
    registrationNumber: 'Registration number',
    address: 'Address',
    country: 'Country',
    engagedBy: 'Sub-processor of',
    processing: 'Description of the processing',
    personalData: 'Personal data processed',
    places: 'Places of processing and transfer basis',
    activeFrom: 'On the list from',
    activeUntil: 'Not on the list from',
    factsFrom: 'Unchanged since',
    holdsFor: 'Holds for',
  },
  holdsFor: {
    all: 'All customers',
    some: 'Some customers',
  },

  planned: {
    heading: 'Planned changes',
    intro: 'Every customer is notified of a change before it takes effect.',
    none: 'No changes are planned.',
  },
  change: {
    planned: 'Planned date',
    plannedHint: 'The earliest day on which the change can take effect.',
    announced: 'Announced',
    regime: 'The customers’ part',
    forWhom: 'Holds for',
    each: 'Only the customers who have approved the change.',
    eachSince: (day) => `Only the customers who have approved the change. For some of them it holds since ${day}.`,
    reason: 'Reason',
    engagedBy: 'Sub-processor of',
    of: (name) => `What changes for ${name}`,
    nothing: 'not on the list',
    unstated: 'not stated',
    leaves: (name) => `${name} is then no longer on the list`,
    notPublic: 'Only details that are not public.',
  },
  regime: {
    objection: 'Customers have a period in which to object. An objection that is not settled stops the change.',
    approval: 'Customers are asked for their written approval. A customer who does not answer has said no.',
    both: 'Customers are asked for their written approval and can object. A customer who does not answer has said no.',
    information: 'Customers are informed. The change asks nothing of them.',
  },
  event: {
    announced: {
      addition: (names) => `Planned: ${names} will be added`,
      replacement: (names, replaced) => `Planned: ${names} will replace ${replaced}`,
      amendment: (names) => `Planned: a change at ${names}`,
      removal: (names) => `Planned: ${names} will be removed`,
      'transfer-basis': (names) => `Planned: a new transfer basis for ${names}`,
    },
    begun: {
      addition: (names) => `For some customers: ${names} has been added`,
      replacement: (names, replaced) => `For some customers: ${names} has replaced ${replaced}`,
      amendment: (names) => `For some customers: a change at ${names} has been carried out`,
      removal: (names) => `For some customers: ${names} has been removed`,
      'transfer-basis': (names) => `For some customers: a new transfer basis for ${names}`,
    },
    activated: {
      addition: (names) => `${names} has been added`,
      replacement: (names, replaced) => `${names} has replaced ${replaced}`,
      amendment: (names) => `A change at ${names} has been carried out`,
      removal: (names) => `${names} has been removed`,
      'transfer-basis': (names) => `A new transfer basis for ${names}`,
    },
    withdrawn: {
      addition: (names) => `Withdrawn: ${names} was to be added`,
      replacement: (names, replaced) => `Withdrawn: ${names} was to replace ${replaced}`,
      amendment: (names) => `Withdrawn: a change at ${names}`,
      removal: (names) => `Withdrawn: ${names} was to be removed`,
      'transfer-basis': (names) => `Withdrawn: a new transfer basis for ${names}`,
    },
  },
  history: {
    heading: 'Past changes',
    none: 'There are no past changes.',
    day: 'Date',
    what: 'Change',
    reason: 'Reason given when it was announced',
  },

  checkpoint: 'Seal of the records. Keep it to be able to see that they have not been rewritten:',
  downloads: {
    heading: 'Get the list',
    csv: 'As CSV for a spreadsheet',
    json: 'As JSON for a program',
    atom: 'Follow the changes as an Atom feed',
  },
  feed: {
    title: (product) => `Sub-processors of ${product}: changes`,
    subtitle: (processor) => `Planned, completed and withdrawn changes at ${processor}`,
  },

  failure: {
    notFound: {
      heading: 'There is no such list',
      body: ['There is no list of sub-processors at this address. Check that the address is right.'],
    },
    internal: {
      heading: 'Something went wrong here',
      body: ['The list cannot be shown just now. Please try again in a while.'],
    },
    malformed: {
      heading: 'We could not read what you sent',
      body: ['What you sent has not been recorded. Go back in your browser and try again.'],
    },
  },
};
