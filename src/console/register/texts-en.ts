import type { RegisterTexts } from './texts-da.ts';

/** The words of the register in the console, in English. */
export const english: RegisterTexts = {
  heading: (product) => `The register of ${product}`,
  intro:
    'The sub-processors that are approved, as customers have them. The register only changes when an announced change takes effect.',
  none: 'There are no products yet. An administrator creates them under Settings.',
  today: (day) => `Today, ${day}`,
  onDay: (day) => `As it was on ${day}`,
  forController: (name) => `As it is for ${name}`,
  forAll: 'Show it as it is for most customers',
  publicPage: 'The public page',
  csv: 'Download as CSV',
  changes: 'Changes of the register',

  form: {
    product: 'Product',
    productHint: 'Each has its own register.',
    asOf: 'As it was on this day',
    asOfHint: 'Left blank: today.',
    since: 'Compare with',
    sinceHint: 'An earlier day.',
    submit: 'Show',
    faults: {
      day: 'Choose a day that the calendar has.',
      order: 'The day to compare with must be before the other.',
    },
  },

  difference: {
    heading: (from, to) => `The difference between ${from} and ${to}`,
    nothing: 'The register was the same on both days.',
    count: (came, changed, left) => `${came} added, ${changed} changed and ${left} removed.`,
    came: (name) => `${name} was added`,
    left: (name) => `${name} was removed`,
    changed: (name) => `${name} was changed`,
    field: 'Fact',
    content: 'Content',
    before: 'Before',
    after: 'After',
    byChange: 'See the change',
    unstated: 'not stated',
  },

  list: {
    caption: (count) => (count === 1 ? 'One sub-processor' : `${count} sub-processors`),
    empty: 'There were no sub-processors in the register on that day.',
    name: 'Name',
    engagedBy: 'Sub-processor of',
    processing: 'Processing and personal data',
    places: 'Places of processing',
    since: 'Since',
    number: 'Registration number',
    contact: 'Contact',
    forSome: 'For some customers',
    factsFrom: (day) => `As here since ${day}`,
  },
};
