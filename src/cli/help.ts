/** `--help`, written from the manifest: no parser and no operation is loaded for it. Its characters are narrow (the operations' test says so): one is a column. */
import type { FlagDefinition } from '../operations/define.ts'
import { commonFlags, kebab } from './flags.ts'
import type { Manifest, Verb } from './manifest.ts'

export type Looks = { readonly width: number; readonly color: boolean }

const narrowest = 40
const widest = 100
const about = 'Schema evolution for Drizzle ORM and PostgreSQL: is it safe, what breaks, where is it applied, has anything drifted, how do we get back?'
const ending = 'Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 unknown, 4 a bug. Nothing is sent anywhere: no telemetry, no update checks.'

/** True where help was asked for; after `--` nothing is a flag. */
export const asksForHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h') || argv[0] === 'help'
}

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const valueIn = ({ type, value = 'VALUE', alone }: FlagDefinition): string => (type === 'boolean' ? '' : alone === undefined ? ` ${value}` : `[=${value}]`)

const list = (items: readonly (readonly [term: string, text: string])[], width: number): readonly string[] => {
  const column = Math.min(Math.max(0, ...items.map(([term]) => term.length)), Math.floor(width / 3))
  const indent = ' '.repeat(column + 4)
  return items.flatMap(([term, text]) => {
    const [first = '', ...rest] = wrap(text, width - indent.length)
    const head = term.length > column ? [`  ${term}`, indent + first] : [`  ${term.padEnd(column)}  ${first}`]
    return [...head, ...rest.map((line) => indent + line)].map((line) => line.trimEnd())
  })
}

/** A flag as it is written: `--fail-on LEVEL`. */
export const flagUsage = (name: string, flag: FlagDefinition): string =>
  `--${flag.type === 'boolean' && flag.default === true ? 'no-' : ''}${kebab(name)}${valueIn(flag)}`

const flagItems = (flags: Readonly<Record<string, FlagDefinition>>): readonly (readonly [string, string])[] =>
  Object.entries(flags).map(([name, flag]) => {
    const preset = flag.default === undefined || flag.type === 'boolean' || flag.type === 'strings' ? '' : ` Default: ${flag.default}.`
    return [flagUsage(name, flag), `${flag.description}${preset}`]
  })

/** A verb with its arguments: `version [SOURCE]`. */
export const verbUsage = (verb: Verb): string =>
  [
    verb.name,
    ...verb.arguments.map(({ name, required, variadic }) => {
      const shown = `${name.toUpperCase()}${variadic ? '...' : ''}`
      return required ? shown : `[${shown}]`
    }),
  ].join(' ')

type Section = { readonly title: string; readonly lines: readonly string[] }

const listSection = (title: string, items: readonly (readonly [string, string])[], width: number): readonly Section[] =>
  items.length === 0 ? [] : [{ title, lines: list(items, width) }]

const common = (width: number): readonly Section[] => listSection('Flags of every verb', [...flagItems(commonFlags), ['-h, --help', 'Show this help.']], width)

const programHelp = (manifest: Manifest, width: number): readonly Section[] => [
  { title: 'pgstrata VERB [ARGUMENTS] [FLAGS]', lines: wrap(about, width) },
  ...listSection(
    'Verbs',
    manifest.map((verb) => [verbUsage(verb), verb.summary] as const),
    width,
  ),
  ...common(width),
  { title: '', lines: wrap(`pgstrata VERB --help says more. ${ending}`, width) },
]

const verbHelp = (verb: Verb, width: number): readonly Section[] => [
  { title: `pgstrata ${verbUsage(verb)} [FLAGS]`, lines: verb.description.split('\n').flatMap((line) => wrap(line, width)) },
  ...listSection(
    'Arguments',
    verb.arguments.map(({ name, description }) => [name.toUpperCase(), description] as const),
    width,
  ),
  ...listSection('Flags', flagItems(verb.flags), width),
  ...common(width),
  ...(verb.examples.length === 0
    ? []
    : [
        { title: 'Examples', lines: verb.examples.flatMap(({ command, shows }) => [`  ${command}`, ...wrap(shows, width - 6).map((line) => `      ${line}`)]) },
      ]),
]

/** The help of the first verb that is named, or of the program. */
export const helpText = (argv: readonly string[], manifest: Manifest, looks: Looks): string => {
  const width = Math.max(narrowest, Math.min(widest, looks.width))
  const verb = argv.map((word) => manifest.find(({ name }) => name === word)).find((found) => found !== undefined)
  const bold = (title: string): string => (looks.color ? `\u001b[1m${title}\u001b[22m` : title)
  const sections = verb ? verbHelp(verb, width) : programHelp(manifest, width)
  return `${sections.map(({ title, lines }) => [...(title === '' ? [] : [bold(title)]), ...lines].join('\n')).join('\n\n')}\n`
}
