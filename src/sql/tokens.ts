/** SQL cut into pieces without a parser, where only texts, names and comments must be told apart. */

/** Comments, texts, names, words and blanks of SQL; anything else sign by sign. */
export const tokenPattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|\s+|[\s\S]/g

/** Where a statement's words end: what follows is blank, a semicolon or a line's comment. `--` in a text, a name or a block comment is none. */
export const wordsEnd = (sql: string): number => {
  let end = 0
  for (const { 0: text, index } of sql.matchAll(tokenPattern)) if (!/^(?:\s|;|--)/.test(text)) end = index + text.length
  return end
}
