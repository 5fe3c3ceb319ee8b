import type { ReportedAction } from '../domain/delivery-report.ts';

/** A sentence by which a mail system reports, as it stands on one line with single spaces. */
export interface Wording {
  readonly knownBy: string;
  readonly action: ReportedAction;
  readonly text: RegExp;
  /** Whether no person begins a mail so. The others are also written by persons who tell of a failure. */
  readonly isOfMachinesOnly: boolean;
}

const ofMachines = (knownBy: string, text: RegExp): Wording => ({
  knownBy,
  action: 'failed',
  text,
  isOfMachinesOnly: true,
});
const ofAnybody = (knownBy: string, text: RegExp): Wording => ({
  knownBy,
  action: 'failed',
  text,
  isOfMachinesOnly: false,
});

/** Sentences of those that still try. Several also say "could not be delivered", so these are looked for first. */
export const DELAYED_TEXT =
  /this is a warning message only|\bwarning only\b|do not need to re-?send (?:your|the) message|delivery (?:is|has been|was) delayed|delivery to the following recipients? has been delayed|message is delayed for more than|levering(?:en)? (?:er|blev) forsinket|(?:er|blev) forsinket til (?:disse|følgende)|transient (?:non-fatal|delivery) errors|not yet been delivered|(?:has not|hasn't|have not|haven't) been delivered yet|(?:could not|couldn't) (?:yet be|be) delivered (?:yet|immediately|at this time|right now)|could not yet be delivered|temporarily undeliverable|endnu ikke (?:blevet )?leveret|no action is required on your part|delivery attempts will continue|will be retried (?:for|until|every)|(?:will|shall) (?:continue|keep) (?:to try|trying|to attempt|attempting)|temporary failure report|is still being retried|has been postponed due to|delays? in delivering your message|vil fortsat forsøge at levere|prøver fortsat at levere|försöker fortfarande|zustellung verzögert sich|(?:noch|bisher) nicht zugestellt werden|wird weiter(?:hin)? versucht|retardée? de la remise/i;
export const DELAYED_SUBJECT =
  /^(?:warning\b.{0,40}\b(?:could not send|cannot send|can't send|delayed|not yet)|(?:mail |message )?delivery (?:has been |is )?delayed|delayed mail|mail delivery warning|message delayed|.{0,60}\(still being retried\)|(?:mail )?delivery status notification \((?:mail delivery )?(?:delay|delayed|warning)\)|delivery status notification: (?:delayed|warning)|levering(?:en)? (?:er )?forsinket|forsinket levering|delivery notification: delivery has been delayed|verzögerte zustellung)/i;
/** Words of a next try. Beside a failure they leave open which of the two it is. */
export const ANOTHER_TRY =
  /\bwill (?:be (?:retried|tried|attempted)|retry|try again|keep trying|attempt (?:to deliver|delivery|again))|(?:will|'ll) .{0,40}(?:retry|try again)|next (?:attempt|try|retry)|still (?:trying|in the queue|queued|being)|(?:forsøger|forsøges|prøver|prøves|försöker) (?:igen|på nytt)|ny(?:t|tt) fors[øö][gk]|erneut versucht|erneuter versuch|versuchen es|nouvelles? tentative|\b(?:temporar(?:y|ily)|midlertidigt?|foreløbigt?|vorübergehend|vorläufig|tillfälligt?|transient)|\b(?:come back|try(?: it| again)?) later\b|\bkeeps? (?:the|your) (?:message|mail)\b|(?:not (?:have|need) to|no need to) (?:re-?)?send|behøver ikke (?:at )?(?:gen)?sende|behöver inte skicka|\b4\.\d{1,3}\.\d{1,3}\b/i;
/** A subject of which nobody knows what it is about: the delay, or the mail itself. */
export const SAYS_DELAY = /\bdelay(?:ed|s)?\b|forsink|försen|verzöger/i;
/** What a mail system says that has ended its tries, and none that still tries. */
export const FINAL_TEXT =
  /this is a permanent error|has been a permanent failure|(?:I'm|I am) not going to try again|I've given up|(?:has|have) given up|no further (?:delivery )?attempts will be made|retry time(?:out)? (?:has been )?exceeded|permanent fatal errors|failed permanently|has been removed from the mail queue/i;

/** The failures, by mail system. The first that fits counts. */
export const FAILURES: readonly Wording[] = [
  ofMachines('Haraka', /this is the haraka mailer program at /i),
  ofMachines(
    'qmail',
    /\bthis is the (?:qmail-send|deliver|mta|mail|james mail|[\w.-]{1,40} mail) (?:program|server) at |\bthe mta program at \S{1,255} was unable to deliver|I'm afraid I wasn't able to deliver (?:your|the following) message|this is the mail delivery agent at |we're sorry\. there's a problem with the e-mail address\(es\) you're trying to send to|your mail message to the following address\(es\) could not be delivered/i,
  ),
  ofMachines(
    'Exim',
    /a message that you (?:have )?sent (?:could not be delivered to (?:one or more|all) of its recipients|could not be delivered to one or more recipients|contained (?:one or more|no) recipient addresses that were incorrectly|was rejected by the local scanning code)|this message was created automatically by mail delivery software\. .{0,200}(?:could not be delivered|failed)/i,
  ),
  ofMachines(
    'Postfix',
    /this is the .{1,80}program at host .{1,255}could not be delivered to one or more|this is the mail system at host .{0,400}could not be delivered to one or more (?:recipients|destinations)|I'm sorry to have to (?:inform|tell) you that (?:the message returned below could not be delivered|your message (?:could not be delivered to one or more recipients|was not able to be delivered))/i,
  ),
  ofMachines(
    'Sendmail',
    /the following addresses had (?:permanent |fatal |permanent fatal )?(?:delivery )?(?:errors|problems)\b|- ?transcript of session follows ?-.{0,400}\b(?:5\d\d|421) /i,
  ),
  ofMachines(
    'OpenSMTPD',
    /this is the mailer-daemon, please do not reply.{0,40}an error has occurred while attempting to deliver a message for/i,
  ),
  ofMachines(
    'DragonFly',
    /this is the dragonfly mail agent .{0,300}(?:there was an error delivering your mail to|could not be delivered)/i,
  ),
  ofMachines(
    'Courier',
    /running the courier mail server.{0,600}undeliverable mail|\bundeliverable mail your message to the following recipients cannot be delivered/i,
  ),
  ofMachines('Domino', /your message subject: .{0,400}was not delivered to:|--- failure reasons? ---/i),
  ofMachines(
    'Exchange',
    /your message (?:to|cc|bcc|subject|sent): .{0,1000}did not reach the following recipient(?:\(s\)|s)?:|your message did not reach some or all of the intended recipients|delivery (?:has failed|failed) to these recipients or (?:groups|distribution lists)|the following (?:recipient\(s\)|recipients) could not be reached:|meddelelsen kunne ikke leveres til nogle eller alle|følgende modtager(?:\(e\)|e) kan ikke nås|levering(?:en)? til (?:disse|følgende) modtagere(?: eller (?:grupper|distributionslister))? mislykkedes|der er ikke leveret til følgende modtagere|diagnostic information for administrators: generating server:|diagnosticeringsoplysninger til administratorer/i,
  ),
  ofMachines(
    'Exchange',
    /\b(?:följande mottagare|(?:følgende|denne eller disse) mottaker(?:ne|e|\(e\))?|folgende(?:r|\(r\))? empfänger) (?:kan|kunde|kunne|konnten?|konnte\(n\)) (?:inte|ikke|nicht) (?:nås|erreicht werden)|hat einige oder alle empfänger nicht erreicht|det gick inte att leverera (?:ditt meddelande )?till |levering(?:en)? til følgende mottakere|(?:leveransen|zustellung) (?:till|an) (?:dessa|följande|diese|folgende) (?:mottagare|empfänger).{0,60}(?:misslyckades|fehlgeschlagen)|diagnos(?:tik|tikk|e)?informa(?:tion|sjon) f(?:ö|ü|o)r administrat/i,
  ),
  ofMachines(
    'Gmail',
    /delivery to the following recipients? failed(?: permanently)?[.:]|\*\* (?:address not found|adressen blev ikke fundet|message (?:not delivered|blocked)) \*\*|google tried to deliver your message/i,
  ),
  ofMachines(
    'Google Groups',
    /the group you tried to contact \(\S{1,255}\) may not exist|message to (?:the )?google group \S{1,255} .{0,80}(?:could not be delivered|was rejected)/i,
  ),
  ofMachines(
    'Yahoo',
    /(?:sorry, )?(?:we|I) (?:were|was) unable to deliver (?:your message|the following message) to the following address|unable to deliver message to the following address\(es\)/i,
  ),
  ofMachines(
    'Mimecast',
    /an e-?mail that you attempted to send to the following address(?:es)? could not be delivered|this is a delivery failure notification message indicating that/i,
  ),
  ofMachines(
    'SmarterMail',
    /could not deliver message to the following recipient\(s\)|failed recipient: \S{1,255} reason: /i,
  ),
  ofMachines('Amazon', /an error occurred while trying to deliver the mail to the following recipients/i),
  ofMachines('MailEnable', /mailenable: message could not be delivered/i),
  ofMachines('MDaemon', /had permanent fatal delivery errors|there is no user by that name at this server/i),
  ofMachines('GroupWise', /the message that you sent was undeliverable to the following/i),
  ofMachines('MailFoundry', /unable to deliver message to: .{1,300}delivery failed for the following reason/i),
  ofMachines('MailMarshal', /could not be delivered because of .{1,600}the following recipients were affected/i),
  ofMachines(
    'InterScan',
    /sent <<< rcpt to:.{1,300} received >>> [45]\d\d |message from interscan .{0,300}(?:unable to deliver message to|could not be delivered)/i,
  ),
  ofMachines(
    'X.400',
    /this report relates to a message you sent with the following header fields|your message (?:cannot|could not) be delivered to the following recipients:/i,
  ),
  ofMachines(
    'IMail',
    /\b(?:unknown user|user mailbox exceeds allowed size|invalid final delivery userid): \S{1,255}@\S{1,255} ?/i,
  ),
  ofMachines(
    'a gateway',
    /your (?:mail|message|e-?mail) (?:cannot|could not) be delivered to the following address(?:\(es\)|es):|your mail sent on: .{1,60} could not be delivered to: |del[ie]very to the following recipients (?:was aborted after|failed permanently)/i,
  ),
  ofMachines('AOL', /your mail to the following recipients could not be delivered because/i),
  ofMachines('LSMTP', /error-for: .{1,300}error-text: /i),
  ofMachines(
    'a filter',
    /this (?:message )?is to inform you that an e-?mail you sent was rejected|your message was automatically rejected by|has been blocked by our spam firewall|has not been delivered because it was (?:rejected|blocked)/i,
  ),
  ofAnybody(
    'a failure in words',
    /\b(?:is|was) undeliverable|\b(?:could not|can ?not|couldn't|can't) be delivered|failed to be delivered|(?:message|mail|delivery) to .{1,300}(?:wasn't delivered|was not delivered|failed)|was not delivered to|(?:were|was|are|is) (?:not able|unable) to deliver|undeliverable to|undelivered to|unable to deliver|could not (?:be )?deliver(?:ed)?|delivery (?:has )?failed|failed to deliver|did not reach the following recipient|(?:has|have) not been delivered|returned (?:permanent )?errors?|rejected recipient|did not receive (?:this|your) message|was rejected by a remote mail server|has failed due to|failed addresses follow|failed recipients|message not delivered to the following|has been returned because|has encountered (?:a )?delivery problems?|had delivery (?:errors|problems)|trouble delivering your message|reject reason|mailbox is full|not a valid user here|account is disabled|user unknown|unknown user|no such user/i,
  ),
  ofAnybody(
    'a failure in words',
    /(?:din|deres|jeres) (?:meddelelse|besked|mail|e-mail)(?: til .{1,300})? (?:kunne ikke|kan ikke|er ikke|blev ikke) (?:leveres|blevet leveret|leveret|afleveres)|(?:meddelelsen|meldingen|beskeden|mailen)(?: til .{1,300})? (?:kunne ikke|kan ikke|blev ikke) (?:leveres|leveret)|kunde inte levereras|kunne ikke leveres til|konnte (?:nicht|leider nicht) zugestellt werden|nicht zugestellt werden|n'a pas (?:pu être|pu etre|été) (?:remis|délivré|delivre|distribué)|no pudo ser entregado|no se (?:pudo|ha podido) entregar|não pôde ser entregue|impossibile recapitare|niet (?:worden )?(?:af)?geleverd|kon niet worden (?:bezorgd|afgeleverd)|não foi entregue|не может быть доставлено|не доставлено|невозможно доставить|無法|邮件被退回|退信|전송(?:에)? ?실패|nie została dostarczona|nebyla doručena|ei voitu toimittaa|kunde inte nå|送信できませんでした|配信できません|无法(?:发送|投递|送达)|投递失败/i,
  ),
];

/** How mail systems begin the subject of a report of a failure. Replies and forwarded mails begin otherwise. */
export const REPORT_SUBJECT =
  /^(?:\[postmaster\] |(?:e-?mail|mail|message|permanent|final|smtp|automatically) )?(?:undeliver(?:able|ed)\b|delivery (?:has |is )?fail|delivery (?:status|notification|problem|error|report)|fail(?:ure|ed) (?:notice|delivery|mail\b)|fail(?:ed|ure)[,:]? (?:returning|to deliver|- )|returned mail|returned\b.{0,40} mail|mail returned|system error|status - undeliverable|non[- ]?deliver(?:y|able)|could not be delivered|not delivered|rejected(?: mail|:))|^(?:there was an error sending your mail|processing error|nondeliverable|notification: undeliver|your message to \S{1,255} could not be delivered|email bounce notification|failure\b|(?:meddelelsen )?kan ikke leveres?|ikke leveret|går inte att leverera|levering(?:en)? mislykkedes|olevererbart|kunde inte leverera|unzustellbar|non remis|non recapitabile|no se puede entregar|onbestelbaar|.{0,60}退信)/i;
