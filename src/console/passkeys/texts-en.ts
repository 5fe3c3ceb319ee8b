import type { PasskeyTexts } from './texts-da.ts';

/** The words of passkeys in English. */
export const english: PasskeyTexts = {
  browser: {
    NotAllowedError:
      'It was cancelled, or there was no passkey to use. Try again, or ask an administrator for a new link.',
    AbortError: 'It was cancelled. Try again.',
    InvalidStateError: 'This device has one of your passkeys already. Use that, or take another device.',
    SecurityError:
      'The browser uses no passkeys at this address. Open Varsel at the address that your administrator has given (in a trial: localhost, not 127.0.0.1).',
    NotSupportedError: 'This browser cannot use passkeys. Update it, or use another one.',
    NetworkError: 'Varsel did not answer. Wait a moment, and try again.',
    Error: 'It did not work. Try again, or use another browser.',
  },
  noScript: 'A passkey takes JavaScript. Turn it on for this page; the rest of Varsel works without.',
  fault: {
    none: 'The browser sent no passkey. It takes JavaScript, and your yes in the window of the browser.',
    notVerified: 'The passkey was not accepted. Has it been removed, or was the page open for long? Try again.',
    answered: 'It was sent once already. Try again.',
    known: 'This passkey is registered already.',
    limit: 'You have as many passkeys as there is room for. First remove one that you do not use.',
  },
  list: {
    heading: 'My passkeys',
    intro:
      'A passkey is how you sign in: the device asks for your finger, your face or a PIN, and there is no password to be lured from you. Have two, so that you can sign in when a device is lost.',
    none: 'You have no passkey yet.',
    caption: 'Passkeys',
    columns: ['Name', 'Kept', 'Registered', 'Last used', 'Action'],
    kept: { synced: 'in an account', device: 'on one device' },
    never: 'never',
    change: (name) => `Rename or remove ${name}`,
    add: 'Add a passkey',
  },
  register: {
    heading: 'Add a passkey',
    intro: [
      'The browser asks where to keep the passkey: on this device, in your password manager, on a phone, or on a security key.',
    ],
    first: [
      'The link has shown that your mailbox is yours. Varsel takes two factors, so the next step is a passkey: you sign in with that from now on, and the link works no more.',
    ],
    trial: ['In a trial you can skip this. In production nobody gets further without.'],
    name: 'Name',
    nameHint: 'So that you know it again, for example “My phone”.',
    nameWrong: 'Type a name on one line, of at most 100 characters.',
    proposed: (number) => `Passkey ${number}`,
    submit: 'Create the passkey',
    done: (name) => `The passkey “${name}” is registered.`,
  },
  change: {
    heading: (name) => `The passkey “${name}”`,
    name: 'Name',
    nameHint: 'Only you see it.',
    save: 'Save the name',
    saved: (name) => `The passkey is called “${name}” now.`,
    remove: 'Remove the passkey',
    removeIntro:
      'It cannot be used from that moment on. Delete it on the device, too; otherwise the device keeps suggesting it.',
    last: 'It is your only passkey. Register another one first; otherwise you cannot sign in again.',
    removed: 'The passkey is removed.',
    back: 'Back to my passkeys',
  },
  confirm: {
    heading: 'Confirm that it is you',
    intro: [
      'What you are about to do cannot be undone. So show your two factors again; that holds for 15 minutes. What you have typed is kept.',
    ],
    submit: 'Confirm with the passkey',
    openid: 'Confirm at the company’s sign-in',
    withoutPasskey: 'You have no passkey to confirm with. Register one first.',
    trial: {
      heading: 'Confirm that it is you',
      intro: [
        'What you are about to do cannot be undone. In production you show your two factors again here. This is a trial and you have no passkey, so the button is enough.',
      ],
      submit: 'It is me',
    },
    cancel: 'Cancel',
  },
};
