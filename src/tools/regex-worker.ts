/** Entry of the worker that runs one search and is thrown away: the only way to end an expression that runs away. */
import type { RegexSearch } from "./regex-match.ts";
import { searchTexts } from "./regex-match.ts";

addEventListener("message", (event: MessageEvent<RegexSearch>) => {
  postMessage(searchTexts(event.data));
});
