/*
 * The words of absence notices and receipts of programs, in Danish, Norwegian, Swedish, German and English. These lists let a
 * mail be automatic only where every one of its words is known. So a word that is missing costs an officer a glance; a word of
 * judging, refusing or demanding must never be added.
 */

/** Says that somebody is away, or that a program has received a mail. One such sentence makes a notice. */
const ABSENCE = [
  // Danish and Norwegian.
  String.raw`(?:sommer|jule|påske|vinter|efterårs|høst)?ferie(?:n|dag|dage|lukket|stengt)?|ferielukket|fridag(?:e|en)?|fri|kontoret|fravær(?:ende|et|sbesked|smelding|smeddelelse)?|bortrejst|bortreist|tilbage|tilbake`,
  String.raw`barsel(?:sorlov)?|(?:foreldre)?permisjon|orlov|forældreorlov|kursus|kurs|konference|konferanse|tjenesterejse|tjenestereise|forretningsrejse|syge?|syge?meldt|sykemeldt|syk`,
  String.raw`til stede|til ?stede|ude af huset|på arbejde|på jobb|fratrådt|(?:ikke længere|ikke lenger) (?:ansat|ansatt|ved|hos|i)|(?:er )?(?:stoppet|sluttet)`,
  String.raw`(?:dette er (?:en|et) )?(?:auto(?:matisk)?[ -]?(?:genereret |generert )?(?:svar|besked|mail|melding)|autosvar|autosvaret|kvittering)`,
  String.raw`(?:mange )?ta(?:k|kk) for (?:din|dit|jeres|deres|den|det)?\s?(?:mail|e-?mail|e-?post|henvendelse|besked|melding|brev)`,
  String.raw`(?:har )?(?:modtaget|mottatt) (?:din|dit|jeres|deres) (?:mail|e-?mail|e-?post|henvendelse|besked|melding)|(?:din|jeres|deres) (?:mail|e-?mail|henvendelse|besked|melding) er (?:modtaget|mottatt|registreret|registrert|oprettet|opprettet)`,
  String.raw`(?:er |blevet )?(?:registreret|registrert|oprettet|opprettet|modtaget) som sag|har fået (?:sags?)?nummer|sags?(?:nummer|nr)|vender tilbage|svar over denne linj?e|venligst svar ikke på denne (?:mail|e-?mail)`,
  // Swedish.
  String.raw`semester(?:n|ledig)?|föräldraledig|tjänstledig|ledig|frånvar(?:o|ande)|tjänsteresa|tillbaka|sjuk(?:skriven)?|åter(?:kommer|kommit)?|automatiskt svar|slutat|(?:inte|ej) längre (?:anställd|kvar)`,
  String.raw`tack för (?:ditt|din|ert|er) (?:mejl|mail|e-?post|meddelande|ärende)|har (?:mottagit|tagit emot) (?:ditt|din|ert|er) (?:mejl|mail|e-?post|meddelande|ärende)|ärende(?:nummer)?`,
  // German.
  String.raw`(?:im |in |auf )?(?:urlaub|elternzeit|dienstreise|mutterschutz)|abwesen(?:d|heit)|(?:nicht )?im büro|außer haus|zurück|krank|(?:nicht (?:mehr )?|wieder )erreichbar|nicht mehr (?:im unternehmen|für|bei)`,
  String.raw`(?:vielen |herzlichen )?dank für (?:ihre|deine|eure) (?:e-?mail|nachricht|anfrage)|automatische (?:antwort|abwesenheitsnotiz)|abwesenheitsnotiz|(?:ihre|deine) (?:e-?mail|nachricht|anfrage) (?:ist|wurde) (?:eingegangen|empfangen)`,
  // English.
  String.raw`vacation|(?:bank |public )?holidays?|(?:annual |parental |maternity |paternity |sick |study )?leave|out[ -]of[ -](?:the[ -])?office|in the office|away|back|absen(?:ce|t)|return(?:ing)?|business trip|conference|no longer (?:with|employed|works?|working)`,
  String.raw`(?:this is an )?auto(?:matic|mated|matically)?(?: ?generated)?[ -]?(?:reply|response|message|e-?mail)|autoreply|(?:please )?do not reply(?: to this (?:e-?mail|message))?`,
  String.raw`(?:many )?thank(?:s| you)(?: very much)? for (?:your (?:e-?mail|mail|message|inquiry|enquiry|request)|contacting us)|(?:have |has been )?received your (?:e-?mail|mail|message|inquiry|enquiry|request)|your (?:e-?mail|message|inquiry|enquiry|request) has been (?:received|registered|logged)|(?:ticket|case|reference) (?:number|id|no)|ticket`,
  // Programs that ask whether a person has written.
  String.raw`to deliver your message|(?:please )?(?:click|follow) the link below|you only need to do this once|(?:please )?confirm your message to`,
  // Our own words, as programs repeat them.
  String.raw`(?:original: ?)?i kan gøre indsigelse senest`,
];

/** Says whom to ask instead. Fits into a notice, and makes none. */
const CONTACT = [
  String.raw`kontakte?|kontakt(?:a|ieren)|contact|skriv(?:e)? til|ring(?:e)? (?:til|på)?|write to|call|henvende?(?: dig| jer)?|wenden sie sich|reach|svarer? .{0,20}hurtigst muligt|snarest(?: muligt| mulig)?|hurtigst muligt|as soon as possible|så snart som (?:muligt|mulig|möjligt)|(?:ved )?hasteforhold|hastesaker|haster|(?:hej|hejsa|hei|hallo|hello|hi|dear|kære|goddag|god dag|guten tag)`,
];

/** The only things that are denied. */
const DENIED = [
  String.raw`ikke (?:\p{L}+ )?(?:på kontoret|til ?stede|på arbejde|på jobb|adgang|tilgang|læse|læst|læses|lese|lest|besvare|besvaret|besvart|svare|tjekke|sjekke|træffes|tilgængelig|tilgjengelig)`,
  String.raw`(?:læser|leser|besvarer|svarer|tjekker|sjekker|läser|svarar) (?:\p{L}+ ){0,2}(?:ikke|inte|ej)`,
  String.raw`(?:inte|ej) (?:\p{L}+ )?(?:på kontoret|tillgång|läsa|svara|anträffbar|tillgänglig)`,
  String.raw`nicht (?:im büro|gelesen|beantwortet|weitergeleitet|anwesend)|keine?n? zugriff|lese (?:\p{L}+ ){0,2}nicht`,
  String.raw`not (?:be |have )?(?:in the office|available|access|reading|checking|monitored|able to (?:read|respond|answer|reply|check))|no(?: or limited)? access`,
];

/** What stands between these. */
const OTHER = `
jeg mig min mit mine vi os vores du dig din dit dine i jer jeres man den det der her som og eller samt at på til fra af for med om ved hos hvis
når indtil inden under efter senest først snarest igen pt længere også derfor desværre er har kan vil bliver holder læser læse besvarer
besvare svarer svare svar tjekker mail mails e-mail e-mails email emails post mailen indbakke besked beskeder henvendelse henvendelser adgang begrænset
telefon tlf tel mobil telefonisk træffes venligst bedes haster akut akutte hastende spørgsmål kollega kolleger afløser vikar afdeling hovednummer ude før væk mellem læses videresendt sendt sendes send stedet lukket påske påsken jul julen nytår helligdage møde møder dags
begge dage inkl incl dag dage døgn uge uger time timer måned måneder dato morgen weekend mine mens kun så snart muligt nås på mht vedr
en et to tre fire fem seks syv otte ni ti første anden afsender alle kolleger sag sags nummer
borte utenfor mottar får meg oss vår vårt dere deres deg ditt av hvis innen inntil etter lenger dessverre leser lese besvares melding meldinger henvendelsen e-post epost
tilgang uke uker dager måneder vennligst spørsmål kollegaer avdeling telefonnummer
borta utanför mellan tar emot jag mitt mina vår ni ert ditt dina oss dig från och att är kommer till på av för vid när tills innan under efter läser svarar mejl mejlen
begränsad åtkomst vecka veckor dagar månader vänligen brådskande frågor ärenden kollegor växel
ich mich mir mein meine meinem meiner meinen wir uns unser sie ihr ihre ihnen ihrer die das dem des ein eine einen einem im am an auf bis ab vom von zu zum
zur mit für und oder sowie ist sind bin habe haben wird werde werden wieder erst wenn während nach vor bei bitte dringend dringenden
fällen fall nachricht nachrichten zugriff beantworten lesen einschließlich woche wochen tag tage kollegen kollegin vertretung
derzeit sich office respond will monitored closed
me my our us we you your the a an this that it is are am was will be been have has had with currently from until till through on in at by and or as soon
when if please e-mail email mail mails message messages respond answer read limited access urgent urgently matter matters question questions assistance colleague
colleagues during after before upon day days week weeks month months today tomorrow business hours once of response responding delayed inclusive get possible
kl uhr am pm st nd rd th d
mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag monday tuesday wednesday thursday friday saturday sunday
montag dienstag mittwoch donnerstag freitag samstag sonntag man tir ons tor fre lør søn mon tue wed thu fri sat sun
januar februar marts april maj juni juli august september oktober november december mars mai juni augusti januari februari desember dezember märz
january february march may june july october jan feb mar apr jun jul aug sep sept okt oct nov dec dez des
`;

/** Closes a letter; what follows is a signature. */
const CLOSING =
  /^\W*(?:(?:med )?(?:de )?(?:venlig|bedste|mange|kærlig|kind|best|warm|vänlig|vennlig|freundlich)\w*(?: (?:hilsen|hilsner|hilsener|regards|wishes|hälsning(?:ar)?|hilsing|grüße[n]?))?|mit freundlichen grüßen|mvh|vh|mfg|hilsen|hilsner|regards|sincerely|hälsningar|--)\W*/iu;
const IN_SIGNATURES = new Set(
  'a s as aps ab asa gmbh ltd inc kommune region styrelsen og af for the of dk se de com www http https tlf tel mobil phone direkte direct mail e-mail email cvr ean dpo ciso ceo it hr cto jurist advokat juridisk konsulent rådgiver databeskyttelsesrådgiver chef leder direktør specialist manager officer afdeling team legal protection data head chief information security'.split(
    ' ',
  ),
);
/** Written like names, and are none. */
const NO_NAME =
  /^(?:ja|nej|nei|nein|no|not|yes|stop|ps|obs|nb|afvist|afslået|avvist|avslått|avslag|avvisat|abgelehnt|rejected|refused|denied|declined|uenig|oenig|imod|mod|imot|emot|against|contra)$|indsig|innsig|invänd|innvend|wider|einspruch|object|protest|reject|refus|oppos|disagree|accept|godken|samtyk|vent|stop|krav|klage/iu;

const ADDRESS = /[^\s<>()[\]]+@[^\s<>()[\],;]+|(?:https?:\/\/|www\.)[^\s<>()[\]]+|\[(?:link|address) removed\]/giu;
const NUMBER = /^[+#]?\d[\d.:/-]*$/;
const MOST_NAMES = 6;
const LONGEST = 5_000;

const words = (list: string) => new Set(list.split(/\s+/).filter((word) => word !== ''));
const phrases = (list: readonly string[]) =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${list.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
const OTHER_WORDS = words(OTHER);
const ABSENCE_PHRASES = phrases(ABSENCE);
const CONTACT_PHRASES = phrases(CONTACT);
const DENIED_PHRASES = phrases(DENIED);

/** What is known of the mail whose text is looked at. */
export interface NoticeContext {
  /** Texts that a program may repeat: subjects. */
  readonly subjects: readonly string[];
  /** Words that may stand anywhere: the sender's names. */
  readonly names: ReadonlySet<string>;
}

/**
 * Whether a text says no more than an absence notice or a program's receipt does: that somebody is away or a mail has come,
 * until when, whom to ask meanwhile, a greeting and a signature. Every word of it must be known. A question is a person's.
 */
export function isAbsenceNotice(text: string, { subjects, names }: NoticeContext): boolean {
  if (text.length > LONGEST) return false;
  const lines = text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll('’', "'")
    .split('\n');
  const closing = lines.findIndex((line) => CLOSING.test(line));
  const signature = closing < 0 ? [] : lines.slice(closing).map((line) => line.replace(CLOSING, ''));
  const body = withoutSubjects(lines.slice(0, closing < 0 ? lines.length : closing).join('\n'), subjects);
  if (/\?(?:\s|$)/.test(body.replaceAll(ADDRESS, ' '))) return false;
  const kinds = sentencesIn(body).map((sentence) => kindOf(sentence, names));
  return (
    kinds.every((kind) => kind !== 'other') &&
    kinds.includes('absence') &&
    signature.every((line) => isSignature(line, names))
  );
}

function withoutSubjects(text: string, subjects: readonly string[]): string {
  return subjects
    .filter((subject) => subject.trim().length > 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, subject) => {
      const pattern = subject
        .trim()
        .split(/\s+/)
        .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
      return rest.replaceAll(new RegExp(pattern.join(String.raw`\s+`), 'giu'), ' ');
    }, text);
}

/** Behind these a full stop ends no sentence, whatever follows; behind a number or another short word, if a small letter does. */
const TITLE = /^(?:tlf|tel|mob|nr|mr|mrs|ms|dr|vedr)\.$/i;
const MONTH = /^(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)/i;

/** Sentences, also over several lines. Two that are taken for one are dangerous: the words of one would make up for the other. */
function sentencesIn(text: string): string[] {
  return text
    .split(/\n\s*\n|(?<=[.!;])[ \t]*\n/)
    .flatMap((paragraph) => sentencesOfParagraph(paragraph.trim().split(/\s+/)))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

function sentencesOfParagraph(tokens: readonly string[]): string[] {
  const sentences: string[] = [''];
  for (const [index, token] of tokens.entries()) {
    sentences.push(`${sentences.pop() ?? ''} ${token}`.trim());
    const next = tokens[index + 1] ?? '';
    const goesOn = TITLE.test(token) || !/^\P{L}*\p{Lu}/u.test(next) || (/\d\.$/.test(token) && MONTH.test(next));
    const isShort = /^\P{L}*(?:\d+|\p{L}{1,5}|\p{L}\.\p{L}+)\.$/u.test(token);
    if (/[.!;]+["”»)]*$/.test(token) && !(goesOn && (isShort || /\d\.$/.test(token)))) sentences.push('');
  }
  return sentences;
}

type Kind = 'absence' | 'contact' | 'detail' | 'other';

function kindOf(sentence: string, names: ReadonlySet<string>): Kind {
  const withoutAddresses = sentence.replaceAll(ADDRESS, ' ');
  const withoutDenied = withoutAddresses.replaceAll(DENIED_PHRASES, ' ');
  const withoutAbsence = withoutDenied.replaceAll(ABSENCE_PHRASES, ' ');
  const rest = withoutAbsence.replaceAll(CONTACT_PHRASES, ' ');
  const isAbsence = withoutAbsence !== withoutAddresses;
  const isContact = rest !== withoutAbsence;
  const unknown = wordsIn(rest).filter((word) => !isKnown(word, names));
  // "Call me" is somebody's request.
  if (!isAbsence && /\b(?:mig|me|mich|mir|meg)\b/iu.test(rest)) return 'other';
  const startsWithName = unknown[0] !== undefined && sentence.trimStart().startsWith(unknown[0]);
  if (unknown.length > MOST_NAMES || startsWithName || !unknown.every(isName)) return 'other';
  if (isAbsence) return 'absence';
  if (isContact) return 'contact';
  const isDetail =
    withoutAddresses !== sentence || /\d/.test(rest) || wordsIn(rest).every((word) => names.has(word.toLowerCase()));
  return unknown.length === 0 && isDetail ? 'detail' : 'other';
}

function isSignature(line: string, names: ReadonlySet<string>): boolean {
  const rest = line.replaceAll(ADDRESS, ' ');
  const unknown = wordsIn(rest).filter(
    (word) => !names.has(word.toLowerCase()) && !IN_SIGNATURES.has(word.toLowerCase()) && !NUMBER.test(word),
  );
  const isSupported = rest !== line || unknown.length < wordsIn(rest).length;
  return unknown.length === 0 || (isSupported && unknown.length <= MOST_NAMES && unknown.every(isName));
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}+#][\p{L}\p{N}.:/-]*/gu)?.map((word) => word.replace(/[.:/-]+$/, '')) ?? [];
}

function isKnown(word: string, names: ReadonlySet<string>): boolean {
  const lower = word.toLowerCase();
  return OTHER_WORDS.has(lower) || names.has(lower) || NUMBER.test(word);
}

/** Whether a word is written like a name: with one capital, or as a short abbreviation. */
function isName(word: string): boolean {
  return /^(?:\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)*|\p{Lu}{1,4})$/u.test(word) && !NO_NAME.test(word);
}
