import type { Token, Tokens } from "marked";

import { splitWhole } from "./block-splitter.ts";
import { readEntities } from "./entities.ts";

/** A text as it reads: without markers; `code` says what stands for a code block. */
export function plainText(markdown: string, code: (text: string) => string = (text) => text): string {
  return splitWhole(markdown)
    .map(({ token }) => blockText(token, code))
    .filter((text) => text !== "")
    .join("\n\n");
}

/** How many code blocks a text has. */
export function countCodeBlocks(markdown: string): number {
  return splitWhole(markdown).filter(({ token }) => token.type === "code").length;
}

function blockText(token: Token, code: (text: string) => string): string {
  switch (token.type) {
    case "code":
      return code((token as Tokens.Code).text);
    case "list":
      return listText(token as Tokens.List, code);
    case "blockquote":
      return (token.tokens ?? []).map((inner) => blockText(inner, code)).join("\n");
    case "table": {
      const table = token as Tokens.Table;
      return [table.header, ...table.rows]
        .map((row) => row.map((cell) => inlineText(cell.tokens)).join("\t"))
        .join("\n");
    }
    case "hr":
    case "space":
    case "def":
      return "";
    case "html":
      return token.raw.trim();
    default:
      return "tokens" in token && token.tokens !== undefined ? inlineText(token.tokens) : readEntities(textOf(token));
  }
}

function listText(list: Tokens.List, code: (text: string) => string): string {
  return list.items
    .map((item, index) => {
      const mark = list.ordered ? `${String((list.start === "" ? 1 : list.start) + index)}. ` : "- ";
      const text = item.tokens
        .map((token) => blockText(token, code))
        .filter((inner) => inner !== "")
        .join("\n");
      return mark + text.replaceAll("\n", "\n  ");
    })
    .join("\n");
}

function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === "br") return "\n";
      if (token.type === "checkbox") return token["checked"] === true ? "[x] " : "[ ] ";
      if ("tokens" in token && token.tokens !== undefined) return inlineText(token.tokens);
      return token.type === "codespan" || token.type === "escape" ? textOf(token) : readEntities(textOf(token));
    })
    .join("");
}

function textOf(token: Token): string {
  return "text" in token && typeof token.text === "string" ? token.text : token.raw;
}
