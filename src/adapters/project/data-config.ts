/** Tells a configuration that is data from one that is a program. */

/** Comments, strings, numbers, keys, punctuation of objects, lists and calls, and the import of our own helpers; whatever else a text holds (a dot, an operator, a template) is a program's. */
const token =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|import\s+(?:type\s+)?\{[\w\s,]*\}\s*from\s*(?:'pgstrata'|"pgstrata")|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[A-Za-z_$][\w$]*(?:\s*:)?|-?\d[\d_.]*|[{}[\](),;:]/y

const words: ReadonlySet<string> = new Set('export default defineConfig env command satisfies as const Config true false null undefined'.split(' '))

/** True when loading a configuration with this text asks for nothing, so that the text says all. In doubt it is a program. */
export const isData = (text: string): boolean => {
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const [found = ''] = token.exec(text) ?? []
    if (found === '' || (/^[A-Za-z_$][\w$]*$/.test(found) && !words.has(found))) return false
  }
  return true
}
