/** The script of a file that holds other things too. All else becomes blank, so that lines keep their numbers. */

const scriptBody = /(<script\b(?:"[^"]*"|'[^']*'|[^'">])*>)([\s\S]*?)<\/script\s*>/gi
const frontmatter = /^(\s*---[^\n]*\n)([\s\S]*?)\n---/

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

type Part = { readonly start: number; readonly text: string }

const partOf = (match: RegExpMatchArray): Part => ({ start: (match.index ?? 0) + (match[1]?.length ?? 0), text: match[2] ?? '' })

const withOnly = (text: string, parts: readonly Part[]): string => {
  let made = ''
  for (const part of parts) made += `${blank(text.slice(made.length, part.start))}${part.text}`
  return made + blank(text.slice(made.length))
}

const scriptsIn = (text: string): readonly Part[] => [...text.matchAll(scriptBody)].map(partOf)

const astroParts = (text: string): readonly Part[] => {
  const front = frontmatter.exec(text)
  const first = front ? [partOf(front)] : []
  return [...first, ...scriptsIn(text).filter(({ start }) => start > (front?.[0].length ?? -1))]
}

/** What there is of JavaScript or TypeScript in a file. */
export const scriptOf = (path: string, text: string): string => {
  if (/\.(vue|svelte)$/.test(path)) return withOnly(text, scriptsIn(text))
  return path.endsWith('.astro') ? withOnly(text, astroParts(text)) : text
}
