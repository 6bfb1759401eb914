/** Words that say nothing about what a text is about: English and German. In lower case, as foldWord gives them. */
const ENGLISH =
  "a about above after again against all almost also although always am among an and another any are aren't around as at away back be " +
  "became because been before being below between both but by came can can't cannot come could couldn't did didn't do does doesn't doing " +
  "don't done down during each either else enough even ever every few first for from further get gets getting give given go goes going " +
  "got had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him himself his how however i i'd i'll " +
  "i'm i've if in indeed instead into is isn't it it's its itself just keep kept know last least less let let's like likely made make " +
  "many may me might mine more most much must mustn't my myself neither never next no nor not nothing now of off often on once one only " +
  "onto or other others ought our ours ourselves out over own per perhaps put quite rather really said same say says second see seem " +
  "seemed seems seen several shall shan't she she'd she'll she's should shouldn't since so some someone something still such take than " +
  "that that's the their theirs them themselves then there there's therefore these they they'd they'll they're they've thing things this " +
  "those though three through thus to together too toward towards two under until up upon us use used using very via was wasn't way we " +
  "we'd we'll we're we've well went were weren't what what's when where whether which while who whole whom whose why will with within " +
  "without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself";
const GERMAN =
  "aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bereits bin bis bist " +
  "da dabei dadurch dafür dagegen daher damit danach dann daran darauf daraus darf darin darüber darum das dass daß davon davor dazu dein " +
  "deine deinem deinen deiner dem den denen denn dennoch der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch dort " +
  "du durch ebenso ein eine einem einen einer eines einige einigen einmal er erst es etwa etwas euch euer eure für gab gar gegen gegenüber " +
  "geht gewesen gibt habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer in indem ins " +
  "ist ja je jede jedem jeden jeder jedes jedoch jene jenem jenen jener jenes jetzt kann kein keine keinem keinen keiner können könnte man " +
  "manche mehr mein meine meinem meinen meiner mich mir mit möchte müssen muss nach nachdem neben nein nicht nichts noch nun nur ob oder " +
  "ohne schon sehr sei sein seine seinem seinen seiner seit selbst sich sie sind so sobald sofern sogar solche sollen sollte sondern sonst " +
  "sowie über um und uns unser unsere unter viel viele vom von vor während war waren warum was weder wegen weil weiter welche welchem " +
  "welchen welcher welches wenn wer werde werden wie wieder will wir wird wirst wo wobei worden wurde wurden würde würden zu zum zur zwar " +
  "zwischen";

const STOP_WORDS = new Set(`${ENGLISH} ${GERMAN}`.split(" "));

/** Japanese writes its particles and endings in hiragana, its content words in kanji and katakana. */
const HIRAGANA_ONLY = /^[\p{scx=Hiragana}ー]+$/u;

/** Lower case and one spelling of letters and apostrophes: what counts as the same word. */
export function foldWord(word: string): string {
  return word.normalize("NFKC").toLowerCase().replaceAll("’", "'");
}

/** Whether a folded word can tell what a text is about. */
export function isContentWord(word: string): boolean {
  if (STOP_WORDS.has(word) || HIRAGANA_ONLY.test(word)) return false;
  // One letter says nothing, one kanji does; bare numbers are no subject.
  return /[\p{L}]/u.test(word) && (word.length > 1 || /\p{scx=Han}/u.test(word));
}
