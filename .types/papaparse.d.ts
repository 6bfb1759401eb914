/**
 * The part of Papa Parse that we use. Its published types refer to Node's, and one import of them would let every
 * program of the browser use `process` and `Buffer`, which break there.
 */
declare module "papaparse" {
  interface ParseConfig {
    /** Rows to read at most. */
    preview?: number;
    /** "greedy" also skips lines of nothing but white space. */
    skipEmptyLines?: boolean | "greedy";
    delimitersToGuess?: string[];
  }
  interface ParseError {
    type: "Quotes" | "Delimiter" | "FieldMismatch";
    code: string;
    message: string;
    /** From 0. */
    row?: number;
  }
  interface ParseResult<Row> {
    data: Row[];
    errors: ParseError[];
    meta: { delimiter: string; linebreak: string; aborted: boolean; truncated: boolean };
  }
  interface UnparseConfig {
    delimiter?: string;
    newline?: string;
  }
  const Papa: {
    /** Reads the whole text at once. Without a header each row is a list of its cells. */
    parse<Row>(text: string, config?: ParseConfig): ParseResult<Row>;
    unparse(rows: readonly (readonly unknown[])[], config?: UnparseConfig): string;
  };
  export default Papa;
}
