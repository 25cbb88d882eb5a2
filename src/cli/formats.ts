/** `--format FMT[=PATH]`. */
import { nearest } from '../model/config-schema.ts'
import { ToolError } from '../model/error.ts'
import { type Format, formatsToCome, renderers } from '../renderers/index.ts'

export type Target = { readonly format: Format; readonly path?: string }

const names = Object.keys(renderers) as readonly Format[]
const isFormat = (name: string): name is Format => Object.hasOwn(renderers, name)

const formatOf = (name: string): Format => {
  if (isFormat(name)) return name
  const list = `Formats: ${names.join(', ')}.`
  if (formatsToCome.some((format) => format === name)) throw new ToolError('format-not-supported', `The format ${name} is not supported yet.`, { help: list })
  const close = nearest(name, names)
  throw new ToolError('unknown-format', `There is no format ${JSON.stringify(name)}.${close ? ` Did you mean ${close}?` : ''}`, { help: list })
}

const parse = (text: string): Target => {
  const at = text.indexOf('=')
  if (at < 0) return { format: formatOf(text) }
  const path = text.slice(at + 1)
  if (path === '')
    throw new ToolError('invalid-format', `--format ${text} has no path after the =.`, {
      help: 'Write --format FMT for standard output or --format FMT=PATH for a file.',
    })
  return { format: formatOf(text.slice(0, at)), path }
}

/** The formats to write: as given; pretty on standard output when none was given for it. Throws when two want standard output. */
export const parseFormats = (given: readonly string[]): readonly Target[] => {
  const targets = given.map(parse)
  const direct = targets.filter(({ path }) => path === undefined)
  if (direct.length > 1)
    throw new ToolError('invalid-format', `${direct.length} formats want standard output: ${direct.map(({ format }) => format).join(', ')}.`, {
      help: 'Give all but one of them a file: --format FMT=PATH.',
    })
  return direct.length === 1 ? targets : [...targets, { format: 'pretty' }]
}
