import type { ProblemTexts } from './problem-texts-da.ts';

export const english: ProblemTexts = {
  'invalid-request': 'Something is not filled in as it has to be. Go back, and look through the fields.',
  unauthorized: 'You are not signed in. Sign in, and try again.',
  forbidden: 'You have no access to this. Ask an administrator for the role that it takes.',
  'factors-needed': 'This takes that you have confirmed lately who you are. Confirm it, and try again.',
  'not-found': 'It does not exist, or you have no access to it. The address may be mistyped.',
  'method-not-allowed': 'The page cannot be used like that. Go back, and try from there.',
  'request-timeout': 'It was not sent whole in time, so nothing was done. Try again.',
  'headers-too-large': 'The address is too long. Go back, and try with less text.',
  'body-too-large': 'What you sent is too large. Split it, or send a smaller file.',
  'unsupported-media-type':
    'The file is of no kind that can be read here. Use .xlsx, or save it as “CSV UTF-8 (semicolon separated)”.',
  'too-many-requests': 'Very much came in a short time, so nothing was done. Try again in a minute.',
  'lines-rejected': 'No row of the file can be saved. Correct them, and try again.',
  'import-outdated': 'The file would no longer do what you saw. Try it again, and look through it.',
  'idempotency-key-reused':
    'The form was sent before, with something else in it. Reload the page, and see what counts.',
  'request-in-progress': 'It is happening right now. Reload the page in a moment.',
  'precondition-failed':
    'Somebody else has changed it meanwhile. Reload the page, see what it says now, and decide again.',
  'internal-error': 'Something went wrong here, and has been logged. Nothing was half done. Try again in a moment.',
  'not-ready': 'Varsel cannot answer right now. Nothing was done. Try again in a moment.',
  overloaded: 'Varsel cannot answer right now. Nothing was done. Try again in a moment.',

  'planned-date-too-early': 'The planned day is too early. Choose a later one in the step “When”.',
  'planned-date-too-far': 'The planned day is more than two years away. Confirm that it is right, or choose another.',
  'upstream-days-out-of-order':
    'The days of the sub-processor’s own notice do not fit together. It was received by today, can be objected to after that, and is effective last.',
  'preview-outdated': 'What would be sent is no longer what you saw. Look through it again before you announce.',
  'test-address-not-allowed':
    'Tests may not be sent to that domain. Whoever runs Varsel can allow it with TEST_MAIL_DOMAINS.',
  'test-notice-limit': 'Of this product 30 tests have been sent within the last hour. Wait a little.',
  'transfer-basis-missing': 'A place outside the EEA has no transfer basis. Choose one in the step “Places”.',
  'transfer-basis-invalid':
    'A transfer basis cannot be used for that country. Choose another in the step “Places”, or none within the EEA.',
  'entry-unknown': 'The company is not in the register today. Choose one that is.',
  'parent-unknown': 'The company whose sub-processor it shall be is not in the register today. Choose another.',
  'place-unknown': 'The company has no such place in the register. A new place is a change of its facts.',
  'children-unsettled': 'What becomes of the company’s own sub-processors is not said. Choose it for each of them.',
  'parent-leaving':
    'The company leaves, or another comes under it by a change that is announced. Choose one that stays, or end the other change first.',
  'chain-loop': 'The company would be its own sub-processor. Choose one that is not below it.',
  'another-company':
    'It would be another company. If it is another, announce a replacement. If it is the same, correct name and number one at a time.',
  'contact-person-missing':
    'The company has a contact person in the register, and cannot be without. Say who it is now.',
  'change-without-effect': 'It is so in the register already. Choose something that changes.',
  'entry-differs':
    'The company differs from customer to customer after an earlier change, so this cannot be changed for all at once.',
  'wording-unchanged': 'The text is the same as in the register, so its wording does not change. Remove the tick.',
  'nothing-to-approve': 'Nothing in the change needs approval, so it is for everybody. Remove the tick.',
  'superseded-change-unknown': 'A change can be announced only in the place of a withdrawn one. Choose another.',
  'controllers-without-contact':
    'Every customer has to be told, and at least one has no contact. Give it one under “Customers”.',
  'product-unknown': 'There is no such product. Choose among the products.',
  'already-in-register': 'The company is in the register already. Other facts of it are a change of it.',
  'change-already-announced': 'A change that is announced is about the same. Withdraw it, or wait for its end.',

  'last-contact':
    'The customer has a running agreement, and this is its last contact. Add another first, or end the agreement.',
  'hold-already-released': 'It has been released already. To keep something again, place another hold.',
  erased: 'What it told of a person has been erased, and cannot be used any more. What happened is still there.',
  'controller-kept':
    'The customer cannot be emptied yet: it has contacts, an agreement, or cases that are kept. Remove the contacts, and end the agreements first.',
  'terms-out-of-range': 'A time to object or answer is of 7 to 365 days, and hours are 0 to 720. Correct the number.',
  'terms-below-contract':
    'The terms are below what the contract promises. Correct them, or the contract’s fewest days if the contract has changed.',
  'terms-reason-required': 'Terms change only with a reason, which stays on record. Say why they change.',

  'second-person-needed': 'This takes two people: one proposes it, and another approves it.',
  'proposal-decided': 'The proposal has been decided already. The page shows what was decided.',
  'proposal-expired': 'The proposal has expired after a week. Propose it again if it shall still be done.',
  'proposal-outdated': 'What would happen is no longer what was proposed. Propose it again.',
  'wording-not-waiting': 'There is no wording to confirm, or somebody else has confirmed it already.',
  'register-exists': 'The register is loaded already. It changes only when a change is activated.',
  'last-admin-key': 'It is the last key that can manage keys. Create another one first.',
  'last-administrator':
    'It is the last administrator. First give somebody else the role administrator for all products, and have that person sign in.',
  'person-exists':
    'The address is of somebody who can sign in already. Find the person in the list, and give it a role there.',
  'person-disabled': 'The person has been disabled, and stays so. Invite the address anew.',
  'role-given': 'The person has the role already. Choose another role or other products.',
  'role-from-provider':
    'The role comes from the company’s sign-in, and would be given again. Take the person out of the group there, or disable the person.',
  'last-passkey': 'It is the only passkey. Register another one first, or nobody could sign in with what is left.',

  'activation-blocked': 'Something is in the way of activating the change. The page of the change shows what.',
  'change-not-activated': 'The change is activated for nobody yet. Withdraw it instead.',
  'change-partly-activated': 'The change is activated for some customers, so it cannot be withdrawn. It can be closed.',
  'change-ended': 'The change has ended already: it is activated or withdrawn, and that is final.',
  'approval-not-asked': 'The change asks for no approval, so there is nothing to approve or refuse.',
  'already-in-force': 'The change is in force for this customer. Only another change can alter it.',
  'approval-of-another-version': 'Something else was approved than what is announced. Ask for another approval.',
  'approval-stands': 'The customer has approved already.',
  'refusal-stands': 'The customer has said no. It has to be withdrawn in writing before an approval can be recorded.',
  'may-not-approve': 'The contact may not approve for the customer. Correct that at the customer if it is wrong.',
  'authority-required': 'Say why the sender may approve for the customer.',
  'approval-already-confirmed': 'Somebody else has confirmed it meanwhile.',
  'approval-already-ended': 'It has ended meanwhile, and that is final.',
  'reasons-required':
    'It states no reasons, so it does not count as an objection (clause B.2). The attempt is on record.',
  'window-closed':
    'It came after the deadline, so it does not count. It is on record, and can be accepted until the change is activated.',
  'no-objection-window': 'The change has no time to object, so nobody can object to it.',
  'agreement-ended': 'The customer’s agreement has ended, so it does not count for the change.',
  'notice-never-accepted':
    'No mail server has ever accepted that mail, so it cannot have arrived. Record a letter, or send it again.',
  'mail-not-kept': 'There is no mail to show: it has not been sent yet, or it was sent before mails were kept.',
  'mail-erased': 'Something about a person in the mail has been erased, so it cannot be shown as it was.',
  'mail-not-the-same':
    'The mail cannot be made as it was sent. Ask whoever runs Varsel whether APP_SECRET has been changed.',
  'scan-not-readable': 'The file is no PDF, JPEG, PNG or mail. Choose another one.',
  'scan-erased': 'The file has been erased. Its hash, and who added it, are still on record.',
  'received-at-out-of-range': 'It cannot have been received then: it comes after the notice, and not in the future.',
  'arrival-date-out-of-range': 'The letter cannot have arrived before the announcement or after today.',
  'objection-already-resolved':
    'The objection is resolved already, and that is final. The page shows by whom and as what.',
  'objection-not-pending': 'The attempt was rejected, so there is nothing to resolve.',
  'objection-not-late': 'It was not rejected for coming late, so it cannot be accepted late.',
  'explanation-required': 'Give an explanation, or choose the mail that shows it.',
  'mail-unknown': 'The mail is not of this customer about this change. Choose another.',
  'code-wrong': 'The code is wrong, or cannot be used any more. Ask for another.',
  'code-limit': 'Five codes were sent within an hour. Use the latest, or wait.',
  'nomination-limit': 'Five persons were named. Confirm or reject one of them first.',
  'nomination-already-decided': 'Somebody else has confirmed or rejected it meanwhile.',
  'withdrawal-already-requested': 'The withdrawal of the objection has been asked for already. Wait until it counts.',
  'no-withdrawal-waiting': 'No withdrawal waits, so there is nothing to stop.',
  'agreement-running': 'The customer’s agreement for the product still runs. End it first.',
  'answer-already-classified':
    'Somebody else has judged the answer meanwhile. If you disagree, judge it anew, with an explanation.',
  'mail-being-read': 'A program is reading the mail right now. Try again in a moment.',
  'mail-already-attributed': 'The mail has been attributed meanwhile. The page shows to whom.',
  'mail-already-dismissed': 'Somebody else has put the mail aside meanwhile. It can still be attributed.',
  'mail-not-automatic': 'The mail is no longer an automatic reply. The page shows what it is.',
  'notice-unknown': 'There is no such notice. Choose one that was sent.',
  'change-unknown': 'There is no such change. Choose one that is announced.',
  'controller-unknown': 'There is no customer with that number.',
  'controller-not-in-change': 'That customer was not told of that change.',
  'notice-in-flight': 'The notice is being sent right now. Try again in some minutes.',

  'webhook-url-invalid': 'The address cannot be used. Enter an https address without a user name and password in it.',
  'webhook-target-unresolvable':
    'The name in the address does not exist on the internet. See whether it is spelled right.',
  'webhook-target-forbidden':
    'The address leads to an internal network, where nothing is sent. Use one that can be reached from outside.',
  'webhook-disabled': 'The webhook is switched off. Switch it on first.',
  'events-unknown': 'One or more of the events do not exist. Nothing was queued.',
  'replay-from-the-future': 'It cannot begin in the future. Choose a day that has been, or today.',
};
