import type { RefusalCode, RefusalDetails } from '../domain/refused.ts';

/** Refusals of the request itself, before any command. */
export type RequestProblemCode =
  | 'invalid-request'
  | 'unauthorized'
  | 'forbidden'
  | 'factors-needed'
  | 'method-not-allowed'
  | 'request-timeout'
  | 'headers-too-large'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'idempotency-key-reused'
  | 'request-in-progress'
  | 'precondition-failed'
  | 'internal-error'
  | 'not-ready'
  | 'overloaded';

export type ProblemCode = RefusalCode | RequestProblemCode;

interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  /** In how many seconds the same request may have another response, where that is known. */
  readonly retryAfterSeconds?: number;
  /** For the page behind the problem's `type`: why it happens and what to do. Code stands between backticks. */
  readonly explanation: string;
}

/** Every problem that the API can respond with: what `/problems/<code>` explains. */
export const PROBLEMS: Readonly<Record<ProblemCode, CatalogueEntry>> = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit its schema',
    explanation:
      'Malformed JSON, a missing, unknown or ill-formed field, or an ill-formed parameter. `errors` lists every fault with its path. Nothing was done.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid API key is needed',
    explanation: 'Send `Authorization: Bearer <API key>`. The key was missing, unknown, expired or revoked.',
  },
  forbidden: {
    status: 403,
    title: 'This API key may not do that',
    explanation:
      'A reader reads; an officer also announces, records, resolves, activates and withdraws; an admin also manages keys, products, controllers and webhooks.',
  },
  'factors-needed': {
    status: 403,
    title: 'The person has to prove two factors first',
    explanation:
      'Of a session, not of an API key. One that began by a link can register a passkey in the console, and nothing else. What cannot be undone takes two factors of the last 15 minutes: confirm at `/console/confirm`, and send the request again.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    explanation: 'The id is unknown, or the address is.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not take that method',
    explanation: 'There is something at the address, and other methods are for it: `Allow` names them.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not come whole in time',
    explanation:
      'A request has 30 seconds to come whole. An import may take longer, as long as it keeps coming. Nothing was done, and the connection is closed.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The address and the headers are too large',
    explanation: 'Together they may have 16 KiB. The connection is closed.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    explanation:
      'A body may have 2 MiB, one with a scan 14 MiB, an import what `IMPORT_MAX_BYTES` allows, 512 MiB unless set; a line of it may have 64 KiB. Reasons of an objection may have 20,000 characters.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This content type is not taken here',
    explanation:
      'Send `application/json`, and `application/x-ndjson` or `text/csv` to an import, in UTF-8 and not compressed (no `Content-Encoding`). `detail` says what was found.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests in a short time',
    explanation:
      'A customer’s link was used far more often than a person does, or many links that do not exist were tried. `Retry-After` says in how many seconds to try again; nothing was done. The valid objection of a controller that has none pending is always taken.',
  },
  'lines-rejected': {
    status: 422,
    title: 'Lines of the import are rejected',
    explanation:
      'No line can be saved, or agreements were to be ended by a file that is not whole. `rejected` names each line, what was expected and what was found. Nothing was saved.',
  },
  'import-outdated': {
    status: 409,
    title: 'The import would no longer do what its dry run said',
    explanation:
      'The file is another one, or what it would do has changed since. Nothing was saved. Look at a new dry run, and send its `hash`.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    explanation: 'The same key came with another body or to another address. Use a new key for a new request.',
  },
  'request-in-progress': {
    status: 409,
    title: 'The first request with this idempotency key is still running',
    retryAfterSeconds: 1,
    explanation: 'Repeat it in a moment to get its answer.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Somebody has changed it meanwhile',
    explanation:
      'The `If-Match` does not name what it is now, or with `If-None-Match: *` it exists already. `etag` is its ETag now, or null where it does not exist. Nothing was done: read it again, and decide again.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong here',
    explanation: 'The fault is on our side and has been logged. Nothing was half done; the request can be repeated.',
  },
  'not-ready': {
    status: 503,
    title: 'The service is not ready',
    retryAfterSeconds: 5,
    explanation:
      'The database cannot be reached, is read-only, lacks migrations or has those of a newer version, the sending cannot use it, or the clock of this process is not known well enough to decide by it (D29). `errors` names each. Nothing was done.',
  },
  overloaded: {
    status: 503,
    title: 'The database cannot serve this now',
    retryAfterSeconds: 5,
    explanation:
      'Too much is asked at once, or the database cannot be reached: it gave no connection or no answer in time. Or its clock and that of this process differ, so that by its time the request has not come yet (D29). Nothing was done. Repeat the request after `Retry-After`.',
  },
  'planned-date-too-early': {
    status: 422,
    title: 'The planned date is too early',
    explanation:
      'A change can be planned for the day after the last day of a window opened today, or when the hold ends (D33), or later (D4). `earliest` is that day.',
  },
  'planned-date-too-far': {
    status: 422,
    title: 'The planned date cannot be meant',
    explanation:
      'A day more than two years away is most often a slip of the pen. Where it is meant, say `"farDate": true` in the announcement.',
  },
  'upstream-days-out-of-order': {
    status: 422,
    title: 'The days of the upstream notice cannot be',
    explanation:
      'It was received by the day that your controllers are told, can be objected to from then to the day that it is effective, and is effective no earlier than it was received (D45).',
  },
  'preview-outdated': {
    status: 409,
    title: 'What would go out is not what was previewed',
    explanation:
      '`expect` has the `hash` of a preview and its number of controllers (D34). The announcement, its product or the number of controllers is another now: `errors` names which. Nobody was told; preview again.',
  },
  'test-address-not-allowed': {
    status: 422,
    title: 'Test notices are not sent to this address',
    explanation:
      'A test notice goes to the domains that the setting `TEST_MAIL_DOMAINS` lists, separated by commas, and to none unless it is set: `TEST_MAIL_DOMAINS=example.com`. Subdomains are listed by themselves. Nothing was sent.',
  },
  'test-notice-limit': {
    status: 429,
    title: 'Too many test notices within an hour',
    explanation: 'Of each product 30 test notices are sent within an hour. Nothing was sent; try again later.',
  },
  'transfer-basis-missing': {
    status: 422,
    title: 'A place outside the EEA has no transfer basis',
    explanation:
      'A place of processing outside the EEA needs a transfer basis under GDPR chapter V: an adequacy decision (art. 45), or SCC or BCR (art. 46) (D3).',
  },
  'transfer-basis-invalid': {
    status: 422,
    title: 'A transfer basis does not hold',
    explanation:
      'No adequacy decision exists for that country, the certified company of the Data Privacy Framework is not named, or a basis is given for a place inside the EEA (D3).',
  },
  'entry-unknown': {
    status: 422,
    title: 'The entry is not in the register',
    explanation:
      'What is replaced, amended, removed, settled as a child or given another transfer basis is an entry that is in the register of the same product today (D1).',
  },
  'parent-unknown': {
    status: 422,
    title: 'The parent is not in the register',
    explanation:
      'A sub-processor in a chain names the entry whose sub-processor it is, in the register of the same product today (D2).',
  },
  'place-unknown': {
    status: 422,
    title: 'The entry has no such place of processing',
    explanation:
      'A change of transfer basis names places that the entry has in the register (D38). A place that it does not have is an amendment.',
  },
  'children-unsettled': {
    status: 422,
    title: 'What becomes of a sub-processor’s own sub-processors is not settled',
    explanation:
      'Where an entry leaves the register, `children` says of each of its sub-processors whether it leaves too or stays under which parent, and so on below each that leaves; in a replacement the id of the entry that is replaced means the company that takes its place; and it names no other (D47). `errors` names those missing.',
  },
  'parent-leaving': {
    status: 422,
    title: 'The parent leaves the register',
    explanation:
      'Nothing comes under an entry that leaves, by the same change or by an open one, and no entry leaves under which an open change puts a sub-processor (D47). A child may stay under the entry that is replaced: that means the company that takes its place. Withdraw the other change, or wait for its end.',
  },
  'chain-loop': {
    status: 422,
    title: 'A company would be its own sub-processor',
    explanation:
      'The parent that it is given is the entry itself, or below it, as the register is or as open changes make it (D47).',
  },
  'another-company': {
    status: 422,
    title: 'An amendment does not make another company of an entry',
    explanation:
      'The same company has the same registration number in the same country. Where the register has no number, an amendment changes the name or gives the first number, and not both; the country is never another (D38). Another company in its place is a replacement.',
  },
  'contact-person-missing': {
    status: 422,
    title: 'An amendment takes no contact person away',
    explanation: 'A controller must be able to ask (D2). Name the contact person that there is now.',
  },
  'change-without-effect': {
    status: 422,
    title: 'The change would change nothing',
    explanation:
      'Every fact that it gives is in the register already, or the place rests on that transfer basis (D38).',
  },
  'entry-differs': {
    status: 422,
    title: 'Some controllers have the entry differently',
    explanation:
      'A change of scope `each` has given some controllers what it amends, and not the rest (D43): from what it is today to what it shall be would be told to all, and be untrue for some of them. Other elements of the entry can be amended for all, and the entry can be replaced or removed.',
  },
  'wording-unchanged': {
    status: 422,
    title: 'A text of which only the words change does not change',
    explanation:
      '`wordingOnly` names texts of an amendment that differ from the register, and of which an officer states that only their words do (D39).',
  },
  'nothing-to-approve': {
    status: 422,
    title: 'No element of the change needs approval',
    explanation:
      'Scope `each` activates a change for those who have approved it, which makes sense only where an element needs approval (D39, D43). Use scope `all`.',
  },
  'superseded-change-unknown': {
    status: 422,
    title: 'The superseded change is not a withdrawn one',
    explanation: 'A change supersedes a withdrawn change of the same product (D6).',
  },
  'controllers-without-contact': {
    status: 422,
    title: 'A controller cannot be reached',
    explanation: 'Every controller of the product must be notified (D7). Give each a contact first.',
  },
  'product-unknown': {
    status: 422,
    title: 'There is no such product',
    explanation: 'Agreements, keys and webhooks are for products that exist only.',
  },
  'last-contact': {
    status: 409,
    title: 'A controller with an agreement has a contact',
    explanation:
      'Every controller of a product must be notified (D7), so its last contact is not removed while an agreement runs. Add another contact first, or end the agreements.',
  },
  'hold-already-released': {
    status: 409,
    title: 'The legal hold has been released',
    explanation: 'A legal hold is released once, and stays on record (D51). To hold again, place another.',
  },
  erased: {
    status: 410,
    title: 'What it told of a person has been erased',
    explanation:
      'It was there, and a person in it has been erased since, or the time to keep it has ended. What happened is still on record.',
  },
  'controller-kept': {
    status: 409,
    title: 'The controller cannot be emptied yet',
    explanation:
      'A controller is emptied when it has no contacts and no agreement, and none of its cases is kept or held any more. `detail` says what it has, and until when. Remove its contacts, or end its agreements, first.',
  },
  'terms-out-of-range': {
    status: 422,
    title: 'An objection window cannot be that long',
    explanation: 'The terms of a product, and the minimum of its contract, are of 7 to 365 days.',
  },
  'terms-below-contract': {
    status: 422,
    title: 'The terms are below the contract',
    explanation:
      'The contract of the product promises more: `contractMinimum` has its days and its time zone, and nothing is announced below it (D9). If the contract has changed, change `contractMinimum` with it.',
  },
  'terms-reason-required': {
    status: 422,
    title: 'A change of terms needs a reason',
    explanation:
      'Give `reason` with terms, or with a `contractMinimum`, other than those that stand. It is kept on record with who changed them: `GET /v1/products/{product}/terms`.',
  },
  'already-in-register': {
    status: 409,
    title: 'The sub-processor is in the register already',
    explanation:
      'The same company, by registration number or name, is in the register already. Other facts of it, also another processing activity, are an `amendment` of its entry (D38).',
  },
  'change-already-announced': {
    status: 409,
    title: 'Such a change is announced already',
    explanation:
      'An open change announces the same company, changes the same element of the same entry, or has the entry leave (D6). Withdraw the other first, or wait for its end.',
  },
  'second-person-needed': {
    status: 409,
    title: 'A second person must do this',
    explanation:
      'What loosens a rule is confirmed by somebody else than who stated it (D39), and so is an approval that an officer recorded (D42). What a product asks two people for (`secondPerson`) is proposed by one, with `POST /v1/proposals`, and approved by another person, who is signed in: no API key approves (D61). `detail` says which.',
  },
  'proposal-decided': {
    status: 409,
    title: 'The proposal has been decided',
    explanation:
      'A proposal is approved, rejected or cancelled once. Of an announcement that was approved either of the two can still cancel, with its change, until the hold ends (D60).',
  },
  'proposal-expired': {
    status: 409,
    title: 'The proposal has expired',
    explanation: 'A proposal can be approved for seven days (D60). Propose it anew.',
  },
  'proposal-outdated': {
    status: 409,
    title: 'What would happen is not what was proposed',
    explanation:
      'An approval is of exactly what was proposed, by its `hash`; only the number of controllers may differ by 10 or by 1 %. The `hash` that was sent is another, or something has changed since: `errors` names what, and `GET /v1/proposals/{id}/preview` shows it (D60). Nothing was done; propose it anew.',
  },
  'wording-not-waiting': {
    status: 409,
    title: 'No statement waits to be confirmed',
    explanation: 'The change does not state that only words change, or a second person has confirmed it already (D39).',
  },
  'register-exists': {
    status: 409,
    title: 'The register is loaded',
    explanation: 'The first register of a product is loaded once. After that it changes by activation only (D21).',
  },
  'last-admin-key': {
    status: 409,
    title: 'It is the last admin key',
    explanation:
      'Without a valid admin key nobody could make keys any more. Create another one first; a start with a new `ADMIN_API_KEY` makes one too, on record.',
  },
  'last-administrator': {
    status: 409,
    title: 'It is the last administrator',
    explanation:
      'Somebody who has signed in stays an administrator of all products, so that people can be managed (D57). Give somebody else the role `admin` for all products first, and have that person sign in.',
  },
  'person-exists': {
    status: 409,
    title: 'The person can sign in already',
    explanation:
      'An address is of one person who can sign in (D57). Give that person the role: `POST /v1/people/{id}/roles`. A new link is mailed by `POST /v1/people/{id}/invite`.',
  },
  'person-disabled': {
    status: 409,
    title: 'The person has been disabled',
    explanation:
      'Who is disabled stays so, with what it did on record (D57). Invite the address anew, which makes another person: `POST /v1/people`.',
  },
  'role-given': {
    status: 409,
    title: 'The person has the role already',
    explanation: 'It has this role for each of these products (D57); `GET /v1/people/{id}` shows its roles.',
  },
  'role-from-provider': {
    status: 409,
    title: 'The role comes from the identity provider',
    explanation:
      'It would be given again at the next sign-in (D57). Take the person out of its group at the identity provider, or disable the person.',
  },
  'last-passkey': {
    status: 409,
    title: 'It is the only passkey of the person',
    explanation:
      'No identity provider knows the person, so nobody could sign in with what is left. Register another passkey in the console first.',
  },
  'activation-blocked': {
    status: 409,
    title: 'The change cannot be activated now',
    explanation:
      'Every controller must have been notified, every window closed, no objection pending, no answer unread, and the planned date come (D20). `blockers` names all that is in the way. No key and no flag skips it (D21).',
  },
  'change-not-activated': {
    status: 409,
    title: 'The change is activated for nobody',
    explanation:
      'Only a change of scope `each` that has a wave is closed (D43). One of scope `all` ends by its activation, and one without a wave by its withdrawal.',
  },
  'change-partly-activated': {
    status: 409,
    title: 'The change is in force for some controllers',
    explanation: 'After its first wave a change cannot be withdrawn, only closed (D43).',
  },
  'change-ended': {
    status: 409,
    title: 'The change has ended',
    explanation: 'It has been activated or withdrawn, and that is final (D24).',
  },
  'approval-not-asked': {
    status: 409,
    title: 'The change asks for no approval',
    explanation: 'By its `regime` its controllers are told of it, and may object where it has a window (D39, D41).',
  },
  'already-in-force': {
    status: 409,
    title: 'The change is in force for this controller',
    explanation:
      'What it says from then on changes nothing by itself: nothing leaves the register but by a change (D42).',
  },
  'approval-of-another-version': {
    status: 409,
    title: 'Something else was announced than was read',
    explanation: 'An approval is of exactly one announcement: `contentHash` is not that of the change (D42).',
  },
  'approval-stands': {
    status: 409,
    title: 'An approval of this controller stands',
    explanation: 'Each controller approves once; `GET /v1/changes/{id}/approvals` has it (D41).',
  },
  'refusal-stands': {
    status: 409,
    title: 'A refusal of this controller stands',
    explanation:
      'A refusal by any contact stands over every approval until it is withdrawn in writing: `POST /v1/approvals/{id}/withdraw` (D41).',
  },
  'may-not-approve': {
    status: 403,
    title: 'This contact may not approve',
    explanation: 'Through a link only a contact with `mayApprove` approves for its controller (D42).',
  },
  'authority-required': {
    status: 422,
    title: 'The authority of the writer is missing',
    explanation:
      'An approval that an officer records says in `authority` on what it rests that its writer may approve for the controller (D42).',
  },
  'approval-already-confirmed': {
    status: 409,
    title: 'There is nothing to confirm',
    explanation: 'Only an approval that is `unconfirmed` is confirmed, once (D42).',
  },
  'approval-already-ended': {
    status: 409,
    title: 'The approval or refusal has ended',
    explanation: 'It was withdrawn or stopped, and that is final: a new one is a new act (D42).',
  },
  'reasons-required': {
    status: 422,
    title: 'The objection states no reasons',
    explanation:
      'An objection must contain the controller’s specific reasons (B.2, D15). The attempt is on record; it can be sent again until `deadline`, which is null while the controller is not notified.',
  },
  'window-closed': {
    status: 409,
    title: 'The objection came after the deadline',
    explanation:
      'The window closed at `deadline` (D16). The attempt is on record with its full text; an officer may accept it until the change is activated.',
  },
  'no-objection-window': {
    status: 409,
    title: 'The change has no time to object',
    explanation:
      'It only informs, or asks for approval alone (D40): `regime` of the change says so. An attempt is kept with its full text. Of a change that asks for approval it is a refusal, which stands from now on (D41); of any other its sender is told where to write.',
  },
  'agreement-ended': {
    status: 409,
    title: 'The agreement has ended',
    explanation:
      'The controller left before it was notified, and the objection came after that (D7). The attempt is on record.',
  },
  'notice-never-accepted': {
    status: 409,
    title: 'No mail system has accepted the notice',
    explanation:
      'A window stands again that an acceptance had opened (D30). This notice has opened none: record a letter (D13), or notify the controller again.',
  },
  'mail-not-kept': {
    status: 409,
    title: 'No mail is on record with it',
    explanation:
      'The mail of an attempt is kept from when its outcome is recorded (D50). Nothing has been sent yet, none could be composed, or the process that sent it ended before it recorded an outcome: `attempts` of the notice says which. A later attempt may have a mail.',
  },
  'mail-erased': {
    status: 410,
    title: 'The mail has been erased',
    explanation:
      'A name, an address or words of a person that stood in it have been emptied (D48), so it cannot be shown, made again, or decided about. Its SHA-256 is on record.',
  },
  'scan-not-readable': {
    status: 422,
    title: 'The scan is none of what is taken',
    explanation:
      'A scan is a PDF, a JPEG, a PNG, or a mail as it came (`.eml`), with at most 10 MiB (D66). Its first bytes say which; what it is called or sent as does not count.',
  },
  'scan-erased': {
    status: 410,
    title: 'The scan has been erased',
    explanation:
      'A person in it has been erased, or the time to keep it has ended (D51). Its SHA-256, its size and who added it are on record.',
  },
  'mail-not-the-same': {
    status: 409,
    title: 'The mail cannot be made as it was sent',
    explanation:
      'Links, codes and addresses in a mail are derived from `APP_SECRET` and stored nowhere. With another secret the mail does not have the SHA-256 that is on record (D50).',
  },
  'received-at-out-of-range': {
    status: 422,
    title: 'It cannot have been received then',
    explanation: 'An objection, or a mail about a change, is received after the announcement and not in the future.',
  },
  'arrival-date-out-of-range': {
    status: 422,
    title: 'The letter cannot have arrived then',
    explanation: 'A notice by letter arrives on the day of the announcement or later, and not in the future.',
  },
  'objection-already-resolved': {
    status: 409,
    title: 'The objection is resolved already',
    explanation: 'An outcome is final (D19).',
  },
  'objection-not-pending': {
    status: 409,
    title: 'A rejected attempt has nothing to resolve',
    explanation: 'Only a pending objection is resolved. A late one can be accepted first (D16).',
  },
  'objection-not-late': {
    status: 409,
    title: 'The objection was not rejected for lateness',
    explanation: 'Only an attempt that was rejected for coming after the deadline can be accepted late (D16).',
  },
  'explanation-required': {
    status: 422,
    title: 'An explanation is needed',
    explanation:
      'An objection is withdrawn, accommodated or invalid with its evidence only: an explanation, or `mailId`, the mail on record that shows it (D19). An answer is found to be no objection with an explanation only.',
  },
  'mail-unknown': {
    status: 422,
    title: 'There is no such mail',
    explanation:
      'A decision about an objection can rest on a mail that is on record for its controller and its change.',
  },
  'code-wrong': {
    status: 422,
    title: 'The code is wrong, or cannot be used any more',
    explanation:
      'A code is mailed to the contact that the link was sent to. It is good for five tries and one act, of a withdrawal for 15 minutes (D31), of an approval for 60 (D42). `POST` without a code has a new one mailed.',
  },
  'code-limit': {
    status: 429,
    title: 'Too many codes within an hour',
    retryAfterSeconds: 3_600,
    explanation:
      'Five codes are mailed to a contact within an hour for one thing (D31, D42). The latest can still be used.',
  },
  'nomination-limit': {
    status: 429,
    title: 'Too many persons were named',
    retryAfterSeconds: 3_600,
    explanation:
      'Through one link five persons can be named as who may approve, until an officer confirms or rejects one (D42).',
  },
  'nomination-already-decided': {
    status: 409,
    title: 'The nomination is decided already',
    explanation: 'Somebody has confirmed or rejected it (D42). Nothing was changed.',
  },
  'withdrawal-already-requested': {
    status: 409,
    title: 'The withdrawal has been asked for already',
    explanation: 'It takes effect once every contact has been told and had the time to stop it (D31).',
  },
  'no-withdrawal-waiting': {
    status: 409,
    title: 'No withdrawal waits',
    explanation: 'Only a withdrawal that was asked for and has not taken effect can be stopped (D31).',
  },
  'agreement-running': {
    status: 422,
    title: 'The agreement is running',
    explanation:
      'An objection ends as agreement-ended when the agreement of its controller has ended (D7, D19). End the agreement first.',
  },
  'answer-already-classified': {
    status: 409,
    title: 'The answer has been classified',
    explanation:
      'An answer is classified anew as something else only, with an explanation, by who says with `insteadOf` what it is classified as now, until its change has ended (D17).',
  },
  'mail-being-read': {
    status: 409,
    title: 'The mail has not been read yet',
    explanation: 'A program reads every mail before a person decides about it. Repeat it in a moment.',
  },
  'mail-already-attributed': {
    status: 409,
    title: 'The mail is attributed already',
    explanation:
      'What a mail is about stands. A copy of a mail that is on record for the same controller can be dismissed.',
  },
  'mail-already-dismissed': {
    status: 409,
    title: 'The mail has been dismissed already',
    explanation: 'If it is about a change after all, it can still be attributed.',
  },
  'mail-not-automatic': {
    status: 409,
    title: 'The mail was not taken as automatic',
    explanation:
      'Only a mail that a program took for an automatic reply can be called an answer. One that is attributed to nobody is attributed first.',
  },
  'notice-unknown': {
    status: 422,
    title: 'There is no such notice',
    explanation: 'A mail can be attributed to a message that was sent to a contact.',
  },
  'change-unknown': {
    status: 422,
    title: 'There is no such change',
    explanation: 'A mail can be attributed to a change that has been announced.',
  },
  'controller-unknown': {
    status: 422,
    title: 'There is no such controller',
    explanation: 'A mail can be attributed to a controller that exists, named by its external id.',
  },
  'controller-not-in-change': {
    status: 422,
    title: 'The controller is not told of the change',
    explanation: 'A mail about a change is of a controller that the change has been announced to (D7).',
  },
  'notice-in-flight': {
    status: 409,
    title: 'The notice is being sent at this moment',
    explanation: 'What a mail system reports of it can be recorded once its own answer is. Repeat it in some minutes.',
  },
  'webhook-url-invalid': {
    status: 422,
    title: 'Events cannot be sent to this URL',
    explanation:
      'Expected https:// (in a trial http:// too) on port 443 or one above 1023, without user name and password in it.',
  },
  'webhook-target-unresolvable': {
    status: 422,
    title: 'The host of the webhook has no address',
    explanation: 'Its name does not resolve. Webhooks are checked when they are created and again at every attempt.',
  },
  'webhook-target-forbidden': {
    status: 422,
    title: 'The webhook leads to an address that is not public',
    explanation:
      'Every address of the host must be global unicast: not loopback, private, link-local, multicast or reserved, and not where a cloud tells a machine its secrets. In a trial `WEBHOOK_ALLOW_PRIVATE=true` lets loopback and private addresses through.',
  },
  'webhook-disabled': {
    status: 409,
    title: 'The webhook is disabled',
    explanation: 'Enable it first, with `PATCH {"enabled": true}`: what waited for it is then delivered.',
  },
  'events-unknown': {
    status: 422,
    title: 'There are no such events',
    explanation: 'Every id of a replay must be an event’s; `errors` names the others. Nothing was queued.',
  },
  'replay-from-the-future': {
    status: 422,
    title: 'A replay cannot begin in the future',
    explanation: 'A replay has events that have happened: `since` is now or earlier.',
  },
};

/** Thrown by the HTTP layer for a problem of the catalogue. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: RefusalDetails;

  constructor(code: ProblemCode, detail: string, details: RefusalDetails = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }

  /** For who responds with something else than a problem: a page. */
  get statusCode(): number {
    return PROBLEMS[this.code].status;
  }
}

/** A problem as it is sent: RFC 9457. */
export function problemBody(code: ProblemCode, detail: string, instance: string, details: RefusalDetails = {}) {
  const { status, title } = PROBLEMS[code];
  return { type: `/problems/${code}`, title, status, detail, instance, code, ...details };
}
