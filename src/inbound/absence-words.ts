/*
 * The words of absence notices and receipts of programs, in Danish, Norwegian, Swedish, German and English. These lists let a
 * mail be automatic only where every one of its words is known. So a word that is missing costs an officer a glance; a word of
 * judging, refusing or demanding must never be added.
 */

/** Says that somebody is away, or that a program has received a mail. One such sentence makes a notice. */
const ABSENCE = [
  // The absence that is said as a denial.
  String.raw`ikke (?:\p{L}+ )?(?:på kontoret|til ?stede|på arbejde|på jobb|træffes|tilgængelig|tilgjengelig)|træffes ikke|(?:inte|ej) (?:\p{L}+ )?(?:på kontoret|anträffbar|tillgänglig)|nicht (?:im büro|anwesend)|not (?:be )?(?:in the office|available)`,
  // Danish and Norwegian.
  String.raw`(?:sommer|jule|påske|vinter|efterårs|høst)?ferie(?:n|dag|dage|lukket|stengt)?|ferielukket|fridag(?:e|en)?|fri|kontoret|fravær(?:ende|et|sbesked|smelding|smeddelelse)?|bortrejst|bortreist|tilbage|tilbake`,
  String.raw`barsel(?:sorlov)?|(?:foreldre)?permisjon|orlov|forældreorlov|kursus|kurs|konference|konferanse|tjenesterejse|tjenestereise|forretningsrejse|syge?|syge?meldt|sykemeldt|syk`,
  String.raw`til stede|til ?stede|ude af huset|på arbejde|på jobb|fratrådt|(?:ikke længere|ikke lenger) (?:ansat|ansatt|ved|hos|i)|er (?:stoppet|sluttet)`,
  String.raw`(?:dette er (?:en|et) )?(?:auto(?:matisk)?[ -]?(?:genereret |generert )?(?:svar|besked|mail|melding)|autosvar|autosvaret|kvittering)`,
  String.raw`(?:mange )?ta(?:k|kk) for (?:din|dit|jeres|deres|den|det)?\s?(?:mail|e-?mail|e-?post|henvendelse|besked|melding|brev)`,
  String.raw`(?:har )?(?:modtaget|mottatt) (?:din|dit|jeres|deres) (?:mail|e-?mail|e-?post|henvendelse|besked|melding)|(?:din|jeres|deres) (?:mail|e-?mail|henvendelse|besked|melding) er (?:modtaget|mottatt|registreret|registrert|oprettet|opprettet)`,
  String.raw`(?:er |blevet )?(?:registreret|registrert|oprettet|opprettet|modtaget) som sag|(?:din|jeres|deres) sa[gk] er (?:registreret|registrert|oprettet|opprettet|modtaget|mottatt)|har fået (?:sags?)?nummer|sags?(?:nummer|nr)|vender tilbage|svar over denne linj?e|venligst svar ikke på denne (?:mail|e-?mail)`,
  // Swedish.
  String.raw`semester(?:n|ledig)?|föräldraledig|tjänstledig|ledig|frånvar(?:o|ande)|tjänsteresa|tillbaka|sjuk(?:skriven)?|åter(?:kommer|kommit)?|automatiskt svar|slutat|(?:inte|ej) längre (?:anställd|kvar)`,
  String.raw`tack för (?:ditt|din|ert|er) (?:mejl|mail|e-?post|meddelande|ärende)|har (?:mottagit|tagit emot) (?:ditt|din|ert|er) (?:mejl|mail|e-?post|meddelande|ärende)|ärende(?:nummer)?`,
  // German.
  String.raw`(?:im |in |auf )?(?:urlaub|elternzeit|dienstreise|mutterschutz)|abwesen(?:d|heit)|(?:nicht )?im büro|außer haus|zurück|krank|(?:nicht (?:mehr )?|wieder )erreichbar|nicht mehr (?:im unternehmen|für|bei)`,
  String.raw`(?:vielen |herzlichen )?dank für (?:ihre|deine|eure) (?:e-?mail|nachricht|anfrage)|automatische (?:antwort|abwesenheitsnotiz)|abwesenheitsnotiz|(?:ihre|deine) (?:e-?mail|nachricht|anfrage) (?:ist|wurde) (?:eingegangen|empfangen)`,
  // English.
  String.raw`vacation|(?:bank |public )?holidays?|(?:annual |parental |maternity |paternity |sick |study )?leave|out[ -]of[ -](?:the[ -])?office|in the office|away|(?:I get )?back|absen(?:ce|t)|return(?:ing)?|business trip|conference|no longer (?:with|employed|works?|working)`,
  String.raw`(?:this is an )?auto(?:matic|mated|matically)?(?: ?generated)?[ -]?(?:reply|response|message|e-?mail)|autoreply|(?:please )?do not reply(?: to this (?:e-?mail|message))?`,
  String.raw`(?:many )?thank(?:s| you)(?: very much)? for (?:your (?:e-?mail|mail|message|inquiry|enquiry|request)|contacting us)|(?:have |has been )?received your (?:e-?mail|mail|message|inquiry|enquiry|request)|your (?:e-?mail|message|inquiry|enquiry|request) has been (?:received|registered|logged)|(?:ticket|case|reference) (?:number|id|no)|ticket`,
  // Programs that ask whether a person has written.
  String.raw`to deliver your message|(?:please )?(?:click|follow) the link below|you only need to do this once|(?:please )?confirm your message to`,
  // Our own words, as programs repeat them.
  String.raw`(?:original: ?)?i kan gøre indsigelse senest`,
];

/** Says whom to ask instead, or what the absent does not do. Fits into a notice, and makes none. */
const FITTING = [
  String.raw`kontakte?|kontakt(?:a|ieren)|contact|skriv(?:e)? til|ring(?:e)? (?:til|på)?|write to|call|henvende?(?: dig| jer)?|wenden sie sich|reach|svarer? .{0,20}hurtigst muligt|snarest(?: muligt| mulig)?|hurtigst muligt|as soon as possible|så snart som (?:muligt|mulig|möjligt)|(?:ved )?(?:hasteforhold|hastesag(?:er)?)|hastesaker|haster|(?:hej|hejsa|hei|hallo|hello|hi|dear|kære|goddag|god dag|guten tag|sehr geehrte[rn]?(?: damen und herren| frau| herr)?)`,
  String.raw`ikke (?:\p{L}+ )?(?:adgang|tilgang|læse|læst|læses|lese|lest|besvare|besvaret|besvart|svare|tjekke|sjekke)`,
  String.raw`(?:læser|leser|besvarer|svarer|tjekker|sjekker|läser|svarar) (?:\p{L}+ ){0,2}(?:ikke|inte|ej)`,
  String.raw`(?:inte|ej) (?:\p{L}+ )?(?:tillgång|läsa|svara)`,
  String.raw`nicht (?:gelesen|beantwortet|weitergeleitet)|keine?n? zugriff|lese (?:\p{L}+ ){0,2}nicht`,
  String.raw`not (?:be |have )?(?:access|reading|checking|monitored|able to (?:read|respond|answer|reply|check))|no(?: or limited)? access`,
];

/** Asks us for something. */
export const ASKS =
  /^\W*(?:kun|only|først|erst|först|svar|respond|answer|antworten)(?!\p{L})|(?<!\p{L})(?:please|venligst|vennligst|vänligen|bitte|bedes)(?!\p{L})/iu;
/** Somebody speaks of their place with us: a customer, and nobody's absence. */
export const TO_US = /\b(?:hos (?:jer|dere|er)|with you|bei (?:ihnen|euch))\b/iu;

/** What stands between these. */
const OTHER = `
jeg mig min mit mine vi os vores du dig din dit dine i jer jeres man den det der her som og eller samt at på til fra af for med om ved hos hvis
når indtil inden under efter senest først snarest igen pt længere også derfor desværre er har kan vil bliver holder læser læse besvarer
besvare svarer svare svar tjekker mail mails e-mail e-mails email emails post mailen indbakke besked beskeder henvendelse henvendelser adgang begrænset
telefon tlf tel mobil telefonisk træffes venligst bedes haster akut akutte hastende spørgsmål kollega kolleger afløser vikar afdeling hovednummer omstilling omstillingen ude før væk mellem læses videresendt sendt sendes send stedet lukket påske påsken jul julen nytår helligdage møde møder dags
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
colleagues during after before upon day days week weeks month months today tomorrow business hours once of response responding delayed inclusive possible
kl uhr am pm st nd rd th d
mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag monday tuesday wednesday thursday friday saturday sunday
montag dienstag mittwoch donnerstag freitag samstag sonntag man tir ons tor fre lør søn mon tue wed thu fri sat sun
januar februar marts april maj juni juli august september oktober november december mars mai juni augusti januari februari desember dezember märz
january february march may june july october jan feb mar apr jun jul aug sep sept okt oct nov dec dez des
`;

/** Closes a letter; what follows is a signature. */
export const CLOSING =
  /^\W*(?:(?:med )?(?:de )?(?:venlig|bedste|mange|kærlig|kind|best|warm|vänlig|vennlig|freundlich)\w*(?: (?:hilsen|hilsner|hilsener|regards|wishes|hälsning(?:ar)?|hilsing|grüße[n]?))?|mit freundlichen grüßen|mvh|vh|mfg|hilsen|hilsner|regards|sincerely|hälsningar|--)\W*/iu;
/** What stands in signatures besides names. */
export const IN_SIGNATURES = new Set(
  'a s as aps ab asa gmbh ltd inc kommune region styrelsen og af for the of dk se de com www http https tlf tel mobil phone direkte direct mail e-mail email cvr ean dpo ciso ceo it hr cto jurist advokat juridisk konsulent rådgiver databeskyttelsesrådgiver chef leder direktør specialist manager officer afdeling team legal protection data head chief information security'.split(
    ' ',
  ),
);
/** Written like names, and are none. */
export const NO_NAME =
  /^(?:ja|nej|nei|nein|no|not|yes|stop|ps|obs|nb|afvist|afslået|avvist|avslått|avslag|avvisat|abgelehnt|rejected|refused|denied|declined|uenig|oenig|imod|mod|imot|emot|against|contra)$|indsig|innsig|invänd|innvend|wider|einspruch|object|protest|reject|refus|oppos|disagree|accept|godken|samtyk|vent|stop|krav|klage/iu;

const words = (list: string) => new Set(list.split(/\s+/).filter((word) => word !== ''));
const phrases = (list: readonly string[]) =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${list.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
/** What programs add to a subject, and our own subjects are made of. */
const IN_SUBJECTS =
  'ny new underdatabehandler sub processor truetalk received modtaget mottatt mottagen mottaget eingegangen oprettet opprettet skapat registreret registrert ticket case sag sak ärende ekstern extern external kunde jeres your request henvendelse anfrage';

export const OTHER_WORDS = words(OTHER);
export const SUBJECT_WORDS = words(IN_SUBJECTS);
export const ABSENCE_PHRASES = phrases(ABSENCE);
export const FITTING_PHRASES = phrases(FITTING);
