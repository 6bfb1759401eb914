import type { CommandInput, CommandResult } from "#protocol/commands.ts";

import type { Answers, FileCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import type { Page } from "./pages.ts";

/** The commands about files, whose code is loaded with the first of them: a message box does not need it. */
export function fileAnswers(env: Environment, audience: Audience): Answers<FileCommandName> {
  const later =
    <Name extends FileCommandName>(name: Name) =>
    async (input: CommandInput<Name>, page: Page): Promise<CommandResult<Name>> =>
      (await import("./file-commands.ts")).fileCommands(env, audience)[name](input, page);
  return {
    "list-files": later("list-files"),
    "read-file": later("read-file"),
    "add-file": later("add-file"),
    "remove-file": later("remove-file"),
    "remove-session-files": later("remove-session-files"),
    "measure-storage": later("measure-storage"),
    "empty-trash": later("empty-trash"),
  };
}
