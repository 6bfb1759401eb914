import type { Utterance } from "#test/providers/built-in/driver.ts";

export const FILES: readonly Utterance[] = [
  [
    "make a packing list in notes.md with tent, stove, map, then count its lines",
    [
      ["write_file", { path: "notes.md", text: "# Packing list\n\n- tent\n- stove\n- map\n" }],
      ["count_text", { path: "notes.md" }],
    ],
  ],
  [
    "Make a packing list in notes.md, then count it",
    [
      ["write_file", { path: "notes.md", text: "# Packing list\n" }],
      ["count_text", { path: "notes.md" }],
    ],
  ],
  ['make notes.md with "hello"', [["write_file", { path: "notes.md", text: "hello\n" }]]],
  ['write "hello" to hello.txt', [["write_file", { path: "hello.txt", text: "hello\n" }]]],
  [
    "create a todo list: call Ann, buy milk",
    [["write_file", { path: "todo-list.md", text: "# Todo list\n\n- [ ] call Ann\n- [ ] buy milk\n" }]],
  ],
  [
    "note: the boiler was serviced today",
    [["append_file", { path: "notes.md", text: "- the boiler was serviced today\n" }]],
  ],
  ["remember to buy milk", [["append_file", { path: "notes.md", text: "- buy milk\n" }]]],
  ["add soap to notes.md", [["append_file", { path: "notes.md", text: "- soap\n" }]]],
  [
    "add soap, towel and brush to notes.md",
    [["append_file", { path: "notes.md", text: "- soap\n- towel\n- brush\n" }]],
  ],
  ['append "Total: 5" to notes.md', [["append_file", { path: "notes.md", text: "Total: 5\n" }]]],
  ["replace tent with tarp in notes.md", [["replace_in_file", { path: "notes.md", find: "tent", replace: "tarp" }]]],
  [
    'replace all "-" with "*" in notes.md',
    [["replace_in_file", { path: "notes.md", find: "-", replace: "*", isAll: true }]],
  ],
  ["rename a.md to b.md", [["rename_file", { from: "a.md", to: "b.md" }]]],
  [
    "copy a.md to b.md",
    [
      ["read_file", { path: "a.md" }],
      ["write_file", { path: "b.md", text: "- milk\n- soap\nlast\n" }],
    ],
  ],
  ["delete old.md", [["delete_file", { path: "old.md" }]]],
  [
    "delete a.md and b.md",
    [
      ["delete_file", { path: "a.md" }],
      ["delete_file", { path: "b.md" }],
    ],
  ],
  [
    "remove soap from notes.md",
    [
      ["read_file", { path: "notes.md" }],
      ["write_file", { path: "notes.md", text: "- milk\nlast\n" }],
    ],
  ],
  ["show notes.md", [["read_file", { path: "notes.md" }]]],
  ["what's in notes.md", [["read_file", { path: "notes.md" }]]],
  ["show lines 1 to 10 of notes.md", [["read_file", { path: "notes.md", fromLine: 1, lineCount: 10 }]]],
  ["list my files", [["list_files", {}]]],
  ["what files do I have", [["list_files", {}]]],
  ["find soap in my files", [["find_in_files", { query: "soap" }]]],
  ["search my files for soap", [["find_in_files", { query: "soap" }]]],
  ["find soap in notes.md", [["find_in_files", { query: "soap" }]]],
  ["search my sessions for kettle", [["search_sessions", { query: "kettle", limit: 20 }]]],
  ["when did I talk about Berlin", [["search_sessions", { query: "Berlin", limit: 20 }]]],
  ["find kettle in my sessions", [["search_sessions", { query: "kettle", limit: 20 }]]],
  [
    "20% of 84.50, then save the result to tip.md",
    [
      ["calculate", { expression: "20% of 84.50" }],
      ["write_file", { path: "tip.md", text: "`20% of 84.50` = **42 km**\n" }],
    ],
  ],
  [
    "sort notes.md, then save the result to sorted.md",
    [
      ["transform_text", { operation: "sort-lines", path: "notes.md" }],
      ["write_file", { path: "sorted.md", text: "made\ntext\n" }],
    ],
  ],
  [
    "summarise report.txt, then save the summary to summary.md",
    [
      ["summarise", { path: "report.txt" }],
      ["write_file", { path: "summary.md", text: "First.\n" }],
    ],
  ],
  [
    "make a shopping list: milk, bread and eggs",
    [["write_file", { path: "shopping-list.md", text: "# Shopping list\n\n- milk\n- bread\n- eggs\n" }]],
  ],
  [
    "create a list of fruits in fruits.md with apple, pear",
    [["write_file", { path: "fruits.md", text: "# List of fruits\n\n- apple\n- pear\n" }]],
  ],
  ['create notes.md with "Hello there"', [["write_file", { path: "notes.md", text: "Hello there\n" }]]],
  ["create an empty file todo.txt", [["write_file", { path: "todo.txt", text: "" }]]],
  ["take a note: call the dentist", [["append_file", { path: "notes.md", text: "- call the dentist\n" }]]],
  ["write down: door code 1234", [["append_file", { path: "notes.md", text: "- door code 1234\n" }]]],
  ["add milk to shopping.md", [["append_file", { path: "shopping.md", text: "- milk\n" }]]],
  ['add a line "done" to log.txt', [["append_file", { path: "log.txt", text: "done\n" }]]],
  ["change tent to tarp in notes.md", [["replace_in_file", { path: "notes.md", find: "tent", replace: "tarp" }]]],
  [
    'replace "a b" by "c d" everywhere in notes.md',
    [["replace_in_file", { path: "notes.md", find: "a b", replace: "c d", isAll: true }]],
  ],
  ["rename notes.md to packing.md", [["rename_file", { from: "notes.md", to: "packing.md" }]]],
  ["move a.md to archive/a.md", [["rename_file", { from: "a.md", to: "archive/a.md" }]]],
  ["delete the file old.md", [["delete_file", { path: "old.md" }]]],
  ["remove tent from packing.md", [["read_file", { path: "packing.md" }]]],
  ["read notes.md", [["read_file", { path: "notes.md" }]]],
  ["open report.txt", [["read_file", { path: "report.txt" }]]],
  ["what is in report.txt?", [["read_file", { path: "report.txt" }]]],
  ["cat notes.md", [["read_file", { path: "notes.md" }]]],
  ["show me the first 5 lines of report.txt", [["read_file", { path: "report.txt", fromLine: 1, lineCount: 5 }]]],
  ["list files", [["list_files", {}]]],
  ["ls", [["list_files", {}]]],
  ["show me all my files", [["list_files", {}]]],
  ["how many files do I have", [["list_files", {}]]],
  ["grep rope in my files", [["find_in_files", { query: "rope" }]]],
  ["which files mention soap", [["find_in_files", { query: "soap" }]]],
  ["look for soap in my notes", [["find_in_files", { query: "soap" }]]],
  ["search for kettle in my sessions", [["search_sessions", { query: "kettle", limit: 20 }]]],
  ['search my conversations for "heat pump"', [["search_sessions", { query: "heat pump", limit: 20 }]]],
  ["where did we talk about Lisbon", [["search_sessions", { query: "Lisbon", limit: 20 }]]],
  [
    "make notes.md with a\nthen count it",
    [
      ["write_file", { path: "notes.md", text: "a\n" }],
      ["count_text", { path: "notes.md" }],
    ],
  ],
  [
    'write "b, a" to x.txt then sort it then save it to y.txt',
    [
      ["write_file", { path: "x.txt", text: "b, a\n" }],
      ["transform_text", { operation: "sort-lines", path: "x.txt" }],
      ["write_file", { path: "y.txt", text: "made\ntext\n" }],
    ],
  ],
  [
    "list my files then count the list",
    [
      ["list_files", {}],
      ["count_text", { text: "found.md" }],
    ],
  ],
  [
    "search my sessions for kettle then summarise it",
    [
      ["search_sessions", { query: "kettle", limit: 20 }],
      ["summarise", { sessionId: "s1" }],
    ],
  ],
  ["save this to x.md:\nline one\nline two", [["write_file", { path: "x.md", text: "line one\nline two\n" }]]],
  [
    "make a list of apples, pears and figs",
    [["write_file", { path: "list.md", text: "# List\n\n- apples\n- pears\n- figs\n" }]],
  ],
  [
    "write me a packing list for Norway: tent, map",
    [["write_file", { path: "packing-list-for-norway.md", text: "# Packing list for Norway\n\n- tent\n- map\n" }]],
  ],
  [
    "hash notes.md, then save the hash to hash.txt",
    [
      ["hash_text", { algorithm: "sha-256", path: "notes.md" }],
      ["write_file", { path: "hash.txt", text: "abc\n" }],
    ],
  ],
  [
    "show notes.md then rename it to list.md and then delete it",
    [
      ["read_file", { path: "notes.md" }],
      ["rename_file", { from: "notes.md", to: "list.md" }],
      ["delete_file", { path: "list.md" }],
    ],
  ],
  [
    "find soap in my files then show it",
    [
      ["find_in_files", { query: "soap" }],
      ["read_file", { path: "found.md" }],
    ],
  ],
  [
    'write "b" to a.txt; write "c" to d.txt',
    [
      ["write_file", { path: "a.txt", text: "b\n" }],
      ["write_file", { path: "d.txt", text: "c\n" }],
    ],
  ],
  ["lies notizen.md", [["read_file", { path: "notizen.md" }]]],
  ["lösche alt.md", [["delete_file", { path: "alt.md" }]]],
  ["suche Seife in meinen Dateien", [["find_in_files", { query: "Seife" }]]],
  ["füge Seife zu notizen.md hinzu", [["append_file", { path: "notizen.md", text: "- Seife\n" }]]],
  [
    "ersetze Zelt durch Plane in notizen.md",
    [["replace_in_file", { path: "notizen.md", find: "Zelt", replace: "Plane" }]],
  ],
  ["liste meine Dateien", [["list_files", {}]]],
  ["make a note in ideas.md: build a boat", [["append_file", { path: "ideas.md", text: "- build a boat\n" }]]],
  ['add "buy rope" to my notes', [["append_file", { path: "notes.md", text: "buy rope\n" }]]],
  ["put milk in shopping.md", [["append_file", { path: "shopping.md", text: "- milk\n" }]]],
  [
    "delete line 1 of notes.md",
    [
      ["read_file", { path: "notes.md" }],
      ["write_file", { path: "notes.md", text: "- soap\nlast\n" }],
    ],
  ],
  ["what did I write about Berlin", [["search_sessions", { query: "Berlin", limit: 20 }]]],
];
