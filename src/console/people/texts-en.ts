import type { Texts } from './texts-da.ts';

const roles: Texts['roles'] = {
  reader: { name: 'Reader', hint: 'Sees everything and changes nothing.' },
  officer: { name: 'Officer', hint: 'Announces changes, reads answers, decides objections, and activates.' },
  approver: { name: 'Approver', hint: 'As an officer, and approves what others have proposed, as the second person.' },
  admin: { name: 'Administrator', hint: 'As an approver, and manages customers, terms, keys, webhooks and people.' },
};

/** The words about people, in English. */
export const english: Texts = {
  roles,
  methods: { link: 'One-time link', passkey: 'Passkey', openid: 'The company’s sign-in' },
  allProducts: 'all products',
  roleFor: (role, product) => `${roles[role].name} for ${product}`,
  none: 'no roles',

  list: {
    title: 'People',
    intro: 'The people of the company who can sign in, and what each of them may do.',
    invite: 'Invite a person',
    name: 'Name',
    email: 'E-mail',
    roles: 'Roles',
    state: 'State',
    product: 'Product',
    everyProduct: 'All',
    show: 'Show',
    who: 'Who',
    enabled: 'Can sign in',
    disabled: 'Disabled',
    empty: 'Nobody fits what you have chosen.',
    caption: 'People',
  },
  state: {
    disabled: (when) => `Disabled ${when}`,
    invited: (until) => `Invited; the link works until ${until}`,
    signedIn: (when) => `Last signed in ${when}`,
    lapsed: 'Has not signed in, and the link has ended',
    never: 'Has not signed in within the last year',
  },

  invite: {
    title: 'Invite a person',
    intro:
      'The person gets a mail with a link that works once, for 24 hours. Only the person who reads the mail sees it.',
    name: 'Name',
    nameHint: 'The name stands with all that the person does in Varsel.',
    email: 'E-mail',
    emailHint: 'The person’s own address in the company.',
    role: 'Role',
    products: 'For which products',
    productsHint: 'Choose those that the role is for.',
    takesTwo: 'A role that may do more than read takes two people.',
    all: 'All products, new ones too',
    submit: 'Send the invitation',
    cancel: 'Cancel',
    done: (name) => `The invitation to ${name} is on its way.`,
  },

  one: {
    back: 'All people',
    facts: 'About the person',
    email: 'E-mail',
    state: 'State',
    added: 'Added',
    by: (when, who) => `${when} by ${who}`,
    disabled: 'Disabled',
    roles: 'Roles',
    role: 'Role',
    product: 'Product',
    given: 'Given',
    noRoles: 'The person has no role, and sees its own sessions alone.',
    take: 'Take away',
    takeOf: (role) => `Take away ${role}`,
    providerRole: 'From the company’s sign-in; change it there',
    give: 'Give a role',
    giveSubmit: 'Give the role',
    roleGiven: 'The role has been given.',
    roleTaken: 'The role has been taken away. It counts already.',
    again: 'Send another link',
    againHint: 'For a person who did not use the link in time, or has lost a passkey. The earlier link stops working.',
    againDone: 'Another link is on its way.',
    links: 'Access',
    disable: 'Disable the person',
    disableHint: 'Disabling signs the person out, and all its links and API keys stop working. It cannot be undone.',
    audit: 'What the person has done',
  },

  take: {
    title: (role, name) => `Take the role ${role} from ${name}?`,
    body: 'It counts from the person’s next click. What the person has done already stands, and stays on record.',
    submit: 'Take the role away',
    cancel: 'Keep the role',
  },
  disable: {
    title: (name) => `Disable ${name}?`,
    body: [
      'The person is signed out at once, and all its links and API keys stop working.',
      'It cannot be undone: a person who comes back is invited anew. What the person has done stays on record.',
    ],
    submit: 'Disable the person',
    cancel: 'Cancel',
    done: (name) => `${name} has been disabled.`,
  },

  sessions: {
    title: 'My sessions',
    intro:
      'The browsers that you are signed in with. A session lasts eight hours at most, and ends after half an hour without use. If you do not know one of them, end it and tell an administrator.',
    heading: 'Sessions',
    caption: 'Sessions',
    browser: 'Browser',
    method: 'Signed in with',
    started: 'Began',
    seen: 'Last used',
    action: 'Action',
    current: 'This browser',
    end: 'End',
    endOf: (browser, when) => `End the session in ${browser}, begun ${when}`,
    ended: 'The session has been ended.',
    none: 'No sessions right now.',
    unknownBrowser: 'Unknown browser',
    on: (browser, system) => `${browser} on ${system}`,
  },

  expected: {
    name: 'Enter the person’s name, of at most 100 characters.',
    email: 'Enter the person’s email address, like name@company.com.',
    role: 'Choose the role that the person shall have.',
    products: 'Choose at least one product that the role is for, or all of them.',
  },
  refusals: {
    'person-exists':
      'The address is of somebody who can sign in already. Find the person in the list, and give it a role there.',
    'second-person-needed':
      'The role takes two people, and is proposed for one product at a time, or for all of them. First invite a new person as a reader.',
    forbidden: 'You cannot give more than you have. Choose a role and products that you have yourself.',
  },
};
