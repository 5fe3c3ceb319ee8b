import { EXAMPLE_ID, exampleAnnouncement } from './examples.ts';

const { product, subProcessor, plannedActivationOn } = exampleAnnouncement;
const [parentId, childId] = ['01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5c', '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5d'];

/** An announcement of each kind (D38), as a body of a request. */
export const exampleAnnouncements = [
  exampleAnnouncement,
  {
    product,
    kind: 'replacement',
    replaces: EXAMPLE_ID,
    children: [
      { entry: parentId, then: 'leaves' },
      { entry: childId, then: 'stays', parentId: null },
    ],
    subProcessor,
    reason: { da: 'Driften flyttes fra USA til Danmark', en: 'Operations move from the USA to Denmark' },
    plannedActivationOn,
  },
  {
    product,
    kind: 'amendment',
    amends: EXAMPLE_ID,
    subProcessor: {
      ...subProcessor,
      processing: { da: 'Drift af servere og optagelse af samtaler', en: 'Hosting of servers and recording of calls' },
    },
    scope: 'each',
    separation: {
      da: 'Optagelse sker på egne servere. Sikkerhedschefen indestår for adskillelsen',
      en: 'Calls are recorded on servers of their own. The head of security vouches for the separation',
    },
    reason: { da: 'Samtaler kan fremover optages', en: 'Calls can be recorded from now on' },
    plannedActivationOn,
  },
  {
    product,
    kind: 'removal',
    removes: EXAMPLE_ID,
    reason: { da: 'Leverandøren bruges ikke længere', en: 'The supplier is not used any more' },
    plannedActivationOn,
  },
  {
    product,
    kind: 'transfer-basis',
    entries: [EXAMPLE_ID, childId].map((entry) => ({
      entry,
      country: 'US',
      transferBasis: { article: '46', instrument: 'SCC' },
    })),
    reason: { da: 'Data Privacy Framework gælder ikke længere', en: 'The Data Privacy Framework no longer applies' },
    plannedActivationOn,
  },
];
