import { CONNECT_LINK, bullets, tryLink } from "#providers/built-in/markdown.ts";
import type { Ability } from "#providers/built-in/step.ts";
import { sayStep } from "#providers/built-in/step.ts";

const ASKS_HELP =
  /^(?:\/?help(?: me)?|\/\?|\?|commands?|examples?|what (?:can|could|do) (?:you|this|it|i) do(?: here)?|what (?:are|is) (?:you|this)|who are you|how (?:does this|do you|do i use (?:this|you))(?: work)?|what (?:are your )?(?:abilities|commands|features|tools)(?: (?:do you have|are there))?|show (?:me )?(?:the )?(?:help|commands|examples)|hi|hello|hey|hallo|good (?:morning|afternoon|evening)|hilfe|was kannst du(?: alles)?|wer bist du)$/i;
const ASKS_STORAGE =
  /^(?:what (?:is|gets|do you) (?:saved?|stored?|kept?)(?: (?:where|here))?|(?:what is )?saved where|where (?:is|are|do|does) (?:all )?(?:my |the |it |this |you )?(?:data|files?|sessions?|notes?|keys?|everything|messages)?\s*(?:are |is |be |go |get )?(?:saved|stored|kept|go|live|save|store)(?: (?:my |the )?(?:data|files?|sessions?|notes?|keys?|messages))?|is (?:my data|this|everything) (?:private|saved|stored|safe)(?: locally)?|what happens to my (?:data|files|sessions)|privacy|wo (?:wird|werden|ist|sind) .{0,40}(?:gespeichert|daten))$/i;

export const storage: Ability = {
  id: "storage",
  about: "What is saved where",
  examples: ["what is saved where"],
  words: "saved stored storage where data privacy private backup keys device browser gespeichert daten",
  match: (clause) => (ASKS_STORAGE.test(clause.text) ? sayStep(0.97, STORAGE_TEXT) : null),
};

const STORAGE_TEXT = [
  "**Everything is on this device, in this browser.** There is no server and no account.",
  bullets([
    "**Sessions and drafts**: in this browser's database (IndexedDB). Each message is saved before it is worked on; an answer is saved while it grows.",
    "**Files**: in this session's workspace, in this browser. You can see and download them in the files pane.",
    "**Keys** of models that you connect: encrypted in this browser, used only for the address that they were saved for.",
    "**What leaves the device**: nothing, until you connect a model. Then your messages and tool results go to that model's address, and nowhere else.",
  ]),
  "Whoever can use this browser profile can read your sessions. Clearing this site's data in the browser deletes them, so export what you want to keep.",
].join("\n\n");

/** Made from the abilities themselves, so that it never promises what is not there. */
export function helpFor(others: readonly Ability[]): Ability {
  const lines = others.map(({ about, examples }) => `${about}: ${tryLink(examples[0] ?? "")}`);
  const text = [
    "I follow rules and run tools on this device. Each of these is a link that puts the example into the message box:",
    bullets(lines),
    "Join steps with “then”: “sort notes.md, then save the result to sorted.md”. “It” is the last file or result. Whatever changes a file asks you first.",
    `For open questions and prose: ${CONNECT_LINK}.`,
  ].join("\n\n");
  return {
    id: "help",
    about: "What this agent can do",
    examples: ["help"],
    words: "help commands abilities examples hello hi can you do hilfe",
    match: (clause) => (ASKS_HELP.test(clause.text) ? sayStep(0.97, text) : null),
  };
}
