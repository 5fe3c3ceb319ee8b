import type { Texts } from './texts-da.ts';

/** The pages' words in English. */
export const english: Texts = {
  count: (count) => count.toLocaleString('en-GB'),
  characters: (typed, limit) => {
    const number = (count: number) => count.toLocaleString('en-GB');
    const rest = limit - typed;
    const told = `You have typed ${number(typed)} ${typed === 1 ? 'character' : 'characters'}.`;
    return `${told} ${rest < 0 ? `That is ${number(-rest)} too many.` : `You have ${number(rest)} left.`}`;
  },
  personalLink: (name, email, controller) =>
    `This link is personal and was sent to ${name} (${email}) at ${controller}. Share it only with people who may act on your organisation’s behalf.`,
  formerContact: (name, email, controller) =>
    `The link was sent to ${name} (${email}), who is no longer a contact at ${controller}. The page does not show what ${controller} has sent us about the change.`,

  documentation: {
    heading: 'Your evidence',
    body: 'A ZIP file with what is on record about you in this case: who was told when, and what you have answered, with proofs that nothing has been changed since. Begin with README.html. The file holds nothing about other customers.',
    action: 'Download your evidence',
  },

  heading: {
    addition: (name, product) => `New sub-processor for ${product}: ${name}`,
    replacement: (name, product, replaced) => `New sub-processor for ${product}: ${name} replaces ${replaced}`,
    amendment: (name, product) => `Change at a sub-processor for ${product}: ${name}`,
    removal: (name, product) => `A sub-processor for ${product} leaves: ${name}`,
    'transfer-basis': (name, product) => `New transfer basis for ${product}: ${name}`,
  },
  intro: (processor, product, controller, phrase) =>
    `${processor} processes personal data on behalf of ${controller} when you use ${product}, and plans a change: ${phrase}.`,

  asked: {
    heading: 'We ask for your written approval',
    answerBy: (day) => `Answer by ${day}.`,
    silence: {
      all: 'If you do not answer, it will not happen.',
      each: 'If you do not answer, it will not happen for you.',
    },
    later:
      'An approval that comes later also counts, as long as the change has been neither carried out nor withdrawn.',
    action: 'Read and answer',
    ifNot: {
      heading: 'If you say no or do not answer',
      body: (product) =>
        `If you do not answer, that counts as a no. No approval ever follows from time passing, from your opening the page, or from your continuing to use ${product}. A no needs no reasons.`,
      all: (product) =>
        `The change will then not be carried out. It needs the approval of every controller that uses ${product}.`,
      each: () =>
        'The change will then not be carried out for you. It may be carried out for other controllers who have approved it.',
      separation: 'This is how your data is kept apart from the change:',
    },
  },
  demands: {
    asked: 'What we ask you to approve',
    objectable: 'What you may object to',
    informed: 'For information',
    ended: {
      asked: 'What needed approval',
      objectable: 'What could be objected to',
      informed: 'For information',
    },
    besides: (processor) =>
      `The data processing terms do not demand approval of this. ${processor} has chosen to ask for it anyway, and the change will not be carried out without it.`,
    wordingOnly: (processor) =>
      `Where it says “wording only”, ${processor} states that the processing is the same as before and only its description is another.`,
  },

  state: {
    'not-notified': {
      heading: 'The time to object has not begun',
      body: (days) =>
        `Your time begins when your mail system has accepted our notice, which we have not recorded. You will then have the full ${days} days. If our notice was returned to us, you must be sent a new one before your time begins. If it turns out to have reached you after all, its deadline holds, but with at least three more days.`,
      already: 'You need not wait for that: you can object now.',
    },
    open: {
      heading: 'You can object',
      timeLeft: ({ days, hours }, deadline) => {
        if (days > 0) return `${days === 1 ? '1 day' : `${days} days`} left, until ${deadline}.`;
        const left = hours === 0 ? 'Less than 1 hour' : `More than ${hours === 1 ? '1 hour' : `${hours} hours`}`;
        return `Today is the last day. ${left} left, until ${deadline}.`;
      },
      silence: (processor, deed, planned) =>
        `If you do not object by the deadline, ${processor} may ${deed} from ${planned}.`,
      noApproval:
        'An objection is something else than a no. If you do not object, you have not thereby approved anything.',
      effect: 'If you object, the change may not be carried out until your objection has been resolved.',
      action: 'Object to the change',
      another: 'You can object again for as long as your time to object runs.',
      anotherAction: 'Object again',
    },
    objected: {
      heading: 'You have objected',
      effect: 'The change may not be carried out while your objection is pending.',
    },
    closed: {
      heading: 'The deadline has passed',
      body: (deadline) => `The deadline for objecting was ${deadline}.`,
      late: (processor) =>
        `An objection that arrives after the deadline is rejected. ${processor} may still choose to treat it as if it had come in time, as long as the change has not been carried out. To ask for that, write to us and explain why.`,
      planned: (planned) => `The change may be carried out on ${planned} at the earliest.`,
    },
    /** Of a change that informs alone. */
    told: {
      heading: 'No answer is needed',
      body: (planned) =>
        `You do not need to answer or do anything. The change may be carried out on ${planned} at the earliest, and you will be told when it has been. If you have questions or comments, write to us.`,
    },
    'agreement-ended': {
      heading: 'Your agreement has ended',
      body: (product, day) =>
        `According to our records, your agreement for ${product} ended on ${day}. The change no longer concerns you, so you cannot object to it here.`,
      mistake: 'If that is a mistake, please write to us.',
    },
    activated: {
      heading: 'The change has taken effect',
      body: (day) => `The change was carried out on ${day}.`,
      questions: 'If you have questions or concerns, please write to us.',
    },
    'not-activated': {
      heading: 'The change does not apply to you',
      body: (processor, day) =>
        `${processor} closed the change on ${day}. It has taken effect only for the customers that have approved it. For you nothing has changed, and you do not need to do anything.`,
      questions: 'If you have questions, please write to us.',
    },
    withdrawn: {
      heading: 'The change has been withdrawn',
      body: (processor, day) =>
        `${processor} withdrew the change on ${day}. It will not be carried out on the basis of the notice you received, and you do not need to do anything.`,
      reason: 'The reason given is:',
      anew: {
        objection: 'If we plan the change again, you will get a new notice with a new, full period for objecting.',
        approval: 'If we plan the change again, you will get a new notice, and we will ask for your approval anew.',
        inform: 'If we plan the change again, you will get a new notice.',
      },
      questions: 'If you have questions, please write to us.',
    },
  },
  writeTo: 'If you have questions, write to',

  change: {
    heading: 'What changes, and why',
    endedHeading: 'What we notified you of',
    reason: 'Reason',
    planned: 'Planned date',
    plannedHint: 'The earliest day on which the change can be carried out.',
    deadline: 'Deadline for objecting',
  },
  company: {
    about: 'Detail',
    current: 'Today',
    planned: 'Planned',
    endedLabels: { current: 'Before', planned: 'After' },
    marks: { differs: 'changes', same: 'unchanged' },
    endedMarks: { differs: 'different', same: 'the same' },
    notStated: 'Not stated',
  },

  form: {
    heading: 'Object',
    required: 'An objection must be in writing and contain your specific reasons.',
    guidanceHeading: 'What are specific reasons?',
    guidance: [
      'Say what in the change you object to: for example the company, a place of processing, the transfer basis, security, or the data that will be processed.',
      'Say what it means for you or for the people the data is about.',
      'It need not be long, for example: “Our policy does not allow citizens’ data to be processed outside the EEA”. We do not reject an objection because we disagree with the reasons.',
      'A “no” without a reason is not enough.',
    ],
    reasons: 'Your reasons',
    reasonsHint: (limit) => `Say what you object to, and why. At most ${limit} characters.`,
    name: 'Your name',
    nameHint: (controller) => `You are objecting on behalf of ${controller}, the controller.`,
    submit: 'Send the objection',
    after: (controller) =>
      `Once it is sent, you will get a receipt with a number and a time. Every contact at ${controller} will also get it by e-mail.`,
    kept: 'What you wrote',
    keptHint: 'Copy the text if you want to send it another way.',
  },
  keeping: {
    here: (days) =>
      `What you write is kept in this browser only, until you send it, for ${days} days at most. If the page is closed, it is here again when you open the link. We get it only when you send it. If you share the computer with others, delete it before you leave.`,
    left: (days) =>
      `The text is in this browser only, for ${days} days at most. If you share the computer with others, delete it before you leave.`,
    restored: 'What you wrote earlier is here again.',
    clear: 'Delete what I have written',
    sure: 'Delete what you have written?',
    cleared: 'The text has been deleted from this browser.',
  },
  otherWays: {
    heading: 'Other ways to object',
    body: (name, product, reference) =>
      `You can also reply to the e-mail that the link was in, or send a new e-mail or a letter. Say who you are, that the objection concerns ${name} and ${product}, and what your reasons are, and give your reference, ${reference}. It must reach us by the deadline.`,
    answering: {
      heading: 'Other ways to answer',
      body: (name, product, reference) =>
        `You can also reply to the e-mail that the link was in, or send a new e-mail or a letter. Say who you are, that the answer concerns ${name} and ${product}, who approves, and why that person may do so on your behalf, and give your reference, ${reference}. An approval must be unconditional.`,
      objecting: 'If you want to object, say so separately, with your reasons. It must reach us by its own deadline.',
    },
    email: 'E-mail',
    post: 'Post',
  },

  error: {
    'reasons-required': {
      summary: 'Give your reasons for objecting',
      field: 'Say what you object to, and why. An objection without reasons does not count.',
      body: (deadline) =>
        `The objection was rejected because it states no reasons. You can send it again${deadline === null ? '' : ` until ${deadline}`}.`,
    },
    'reasons-too-long': {
      summary: 'The text is too long',
      field: (limit, found) =>
        `The text may have at most ${limit} characters. It has ${found}. Shorten it, or send it by e-mail.`,
    },
    'reasons-repeated': {
      summary: 'The text came more than once',
      field: 'The field was sent several times. We have put the texts together here. Please check them and send again.',
    },
    'name-too-long': {
      summary: 'The name is too long',
      field: (limit, found) => `The name may have at most ${limit} characters. It has ${found}.`,
    },
    'name-repeated': {
      summary: 'The name came more than once',
      field: 'The field was sent several times. Please correct the name and send again.',
    },
    'window-closed': {
      summary: 'The objection came after the deadline',
      body: (deadline) => `The objection was rejected because the deadline was ${deadline}.`,
    },
    'counts-as-refusal': {
      summary: 'You have refused to approve the change',
      body: 'The change needs your approval. What you have sent counts as a refusal to give it.',
    },
    'no-objection-window': {
      summary: 'This change cannot be objected to',
      body: 'The objection was rejected because there is no time to object to this change. Please write to us if you disagree with it.',
    },
    'change-ended': {
      summary: 'The change has ended',
      body: 'The objection was rejected because the change has ended.',
    },
    'agreement-ended': {
      summary: 'Your agreement has ended',
      body: 'The objection was rejected because the change no longer concerns you.',
    },
    onRecord: (number) => `What you sent is on record with its full text as no. ${number}.`,
    counted: 'Many messages have come through this link. We count them, and keep the text of the first and the latest.',
    notSent: 'We have not recorded the objection yet. Correct the error and send again.',
  },

  objections: {
    heading: 'Your objections',
    number: 'No.',
    fullNumber: 'Number',
    received: 'Received',
    status: 'Status',
    sender: 'Sender',
    noText: 'No text',
    receipt: (number) => `Receipt for no. ${number}`,
    withdraw: (number) => `Withdraw no. ${number}`,
    withdrawing: 'You are withdrawing it.',
    keep: (number) => `Keep no. ${number}`,
    more: 'There are more than we show here. Write to us if you want them all.',
    channel: { link: 'through the link', email: 'by e-mail', letter: 'by letter' },
    statuses: { pending: 'Pending', resolved: 'Resolved', rejected: 'Rejected' },
    rejectedFor: {
      'reasons-required': 'It states no reasons.',
      'window-closed': 'It came after the deadline.',
      'agreement-ended': 'It came after your agreement had ended.',
      'change-ended': 'It came after the change had ended.',
      'no-objection-window': 'The change cannot be objected to.',
    },
    outcome: {
      withdrawn: 'You have withdrawn the objection.',
      accommodated: 'The objection has been accommodated, and you have confirmed the solution.',
      'agreement-ended': 'The objection has lapsed because your agreement has ended.',
      'change-withdrawn': 'The objection has lapsed because the change has been withdrawn.',
      invalid: 'It is not a valid objection to this change.',
    },
  },

  receipt: {
    heading: {
      pending: (number) => `We have received your objection no. ${number}`,
      resolved: (number) => `Objection no. ${number} has been resolved`,
      rejected: (number) => `Objection no. ${number} was rejected`,
    },
    next: 'The change may not be carried out while your objection is pending. You will be told when it has been resolved.',
    keep: 'Save or print this page for your records.',
    again: (deadline) => `You can object again${deadline === null ? '' : ` until ${deadline}`}.`,
    concerns: 'Concerns',
    controller: 'Controller',
    closedAt: 'Resolved',
    explanation: 'Comment',
    textAsReceived: 'The text as we received it',
    back: 'Back to the change',
    former: (controller) =>
      `Every contact at ${controller} is sent a receipt by e-mail and can follow the objection. You cannot do so through this link.`,
    withdraw: 'Withdraw the objection',
    keepIt: 'That was not us: keep the objection',
  },

  withdrawal: {
    heading: (number) => `Do you want to withdraw objection no. ${number}?`,
    effect: 'Once the objection is withdrawn, it no longer keeps the change from being carried out.',
    again: (deadline) => `You can make a new objection${deadline === null ? '' : ` until ${deadline}`}.`,
    noneAgain: 'The deadline has passed, so you cannot object again.',
    told: (controller) =>
      `Every contact at ${controller} will be told by e-mail, and can stop it before it takes effect.`,
    explanation: 'Comment (optional)',
    explanationHint: (limit) => `For example what we have agreed with you. At most ${limit} characters.`,
    explanationTooLong: (limit, found) => `The comment may have at most ${limit} characters. It has ${found}.`,
    explanationRepeated:
      'The field was sent several times. We have put the texts together here. Please check them and send again.',
    codeFirst: (email) =>
      `Only a contact can withdraw the objection. So we first send a code to ${email}, which you type on the next page.`,
    sendCode: 'Send the code',
    codeHeading: (number) => `Withdraw objection no. ${number}`,
    codeSent: (email, until) => `We have sent an e-mail with a code to ${email}. It can be used until ${until}.`,
    code: 'The code in the e-mail',
    codeHint: 'Eight digits.',
    codeMissing: 'Type the code in the e-mail',
    codeWrong: (triesLeft) =>
      `The code is wrong. You can try ${triesLeft === 1 ? 'once' : `${triesLeft} times`} more. If you have been sent several codes, only the latest can be used.`,
    codeOver: { summary: 'The code can no longer be used', body: 'Have a new code sent from this page.' },
    codeLimit: {
      summary: 'We have not sent a code',
      body: (email) =>
        `We have sent several codes to ${email} within the last hour. Use the latest, or try again later.`,
    },
    newCode: 'Has the code not arrived?',
    sendNewCode: 'Send a new code',
    submit: 'Withdraw the objection',
    cancel: 'Keep the objection',
    waiting: {
      asked: (email, when) =>
        `${email} asked on ${when} to withdraw the objection. Every contact is told by e-mail and can stop it. The objection is pending meanwhile.`,
      at: (when) => `It will be withdrawn on ${when}, unless somebody stops it.`,
      afterAllAreTold: (hours) =>
        hours === 0
          ? 'It will be withdrawn once all have been told.'
          : `It will be withdrawn ${hours === 1 ? '1 hour' : `${hours} hours`} after all have been told, unless somebody stops it.`,
    },
    problem: {
      alreadyResolved: 'The objection has already been resolved and cannot be withdrawn.',
      notPending: 'The objection was rejected, so there is no objection to withdraw.',
      alreadyRequested: 'A contact has already asked to withdraw the objection.',
      nothingToStop: 'Nobody is withdrawing the objection, so there is nothing to stop.',
    },
  },

  keep: {
    heading: (number) => `Do you want to keep objection no. ${number}?`,
    effect: 'If you keep it, it will not be withdrawn. The change may not be carried out while it is pending.',
    told: (controller, processor) =>
      `Every contact at ${controller} will be told by e-mail, and ${processor} will be told that it was not you.`,
    confirmation: (number) => `Yes, we keep objection no. ${number}`,
    confirmationMissing: 'Tick the box if you want to keep the objection',
    submit: 'Keep the objection',
    cancel: 'Back to the objection',
  },

  forgotten: {
    heading: 'We cannot find the message that this link belongs to',
    body: [
      'The link is genuine, and the fault is ours: we have lost the message. You have not lost any right.',
      'If you want to object, or to tell us something else, write it here. It is kept with the time at which it came, and a person reads it. You can also reply to the e-mail that had the link.',
    ],
    text: 'What you want to say',
    textHint: 'Say who you are, which company or change it is about, and your reasons. At most 20,000 characters.',
    nameHint: 'So that we know whom to answer.',
    submit: 'Send',
    error:
      'It has not been kept. Write a text of at most 20,000 characters. If you have sent many, reply to the e-mail.',
    received: {
      heading: 'We have received what you wrote',
      body: [
        'It is kept with the time at which it came. A person reads it and finds out which change it is about. If it is an objection, it counts from now.',
        'Save or print this page for your records.',
      ],
    },
  },

  sample: {
    titlePrefix: 'SAMPLE',
    banner:
      'SAMPLE – this is what the page will look like to a customer if the change is announced. No deadline is running, and nothing that is sent from here is kept.',
    heading: 'This was a sample',
    body: 'Nothing has been sent, and what you typed was neither read nor kept. A customer would now get a receipt for the objection.',
    back: 'Back to the sample',
    none: {
      heading: 'There is no sample to see here',
      body: [
        'The link comes from a preview, which keeps nothing. The page can be seen here once a test notice of the same change has been sent, for 30 days.',
      ],
    },
  },
  failure: {
    notFound: {
      heading: 'There is no such page',
      body: [
        'The link does not work. It may have been cut short or broken over two lines in the e-mail.',
        'Copy the whole link from the e-mail into your browser’s address field. If it still does not work, reply to the e-mail. That is also a way to object in writing.',
      ],
    },
    tooLarge: {
      heading: 'What you sent is too large',
      body: [
        'An objection may have at most 20,000 characters.',
        'Go back in your browser: your text is usually still there. Shorten it, or send it by e-mail to the address in the notice.',
      ],
    },
    unsupported: {
      heading: 'We cannot read that format',
      body: [
        'What you sent has not been recorded. Please use the form on the page and write the text in the field.',
        'Files cannot be sent here. Send them by e-mail to the address in the notice.',
      ],
    },
    malformed: {
      heading: 'We could not read what you sent',
      body: ['What you sent has not been recorded. Go back in your browser and try again.'],
    },
    tooMany: {
      heading: 'Please wait a moment',
      body: [
        'There were too many requests in a short time. What you sent has not been recorded.',
        'Go back in your browser, wait a minute and try again.',
      ],
    },
    internal: {
      heading: 'Something went wrong on our side',
      body: [
        'We cannot confirm that we have received anything. Go back in your browser and try again shortly.',
        'If it keeps happening and the deadline is near, send the objection by e-mail to the address in the notice.',
      ],
    },
  },
};
