/** The script of a file that holds other things too. All else becomes blank, so that lines keep their numbers. */

const scriptBody = /(<script\b(?:"[^"]*"|'[^']*'|[^'">])*>)([\s\S]*?)<\/script\s*>/gi
const frontmatter = /^(\s*---[^\n]*\n)([\s\S]*?)\n---/

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

type Part = { readonly start: number; readonly text: string }

const partOf = (match: RegExpMatchArray): Part => ({ start: (match.index ?? 0) + (match[1]?.length ?? 0), text: match[2] ?? '' })

const withOnly = (text: string, parts: readonly Part[], between: (text: string) => string = blank): string => {
  let made = ''
  let at = 0
  for (const part of parts) {
    made += `${between(text.slice(at, part.start))}${part.text}`
    at = part.start + part.text.length
  }
  return made + between(text.slice(at))
}

const scriptsIn = (text: string): readonly Part[] => [...text.matchAll(scriptBody)].map(partOf)

/** The components that a template renders, each on its line. */
const rendered = (template: string): string =>
  template
    .split('\n')
    .map((line) => [...line.matchAll(/<([A-Z]\w*)/g)].map(([, name]) => `;<${name}/>`).join(''))
    .join('\n')

const astroScript = (text: string): string => {
  const front = frontmatter.exec(text)
  const end = front?.[0].length ?? 0
  const template = text.slice(end)
  return withOnly(text.slice(0, end), front ? [partOf(front)] : []) + withOnly(template, scriptsIn(template), rendered)
}

/** What there is of JavaScript or TypeScript in a file. */
export const scriptOf = (path: string, text: string): string => {
  if (/\.(vue|svelte)$/.test(path)) return withOnly(text, scriptsIn(text))
  return path.endsWith('.astro') ? astroScript(text) : text
}
