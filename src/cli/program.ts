/** The command line's grammar, made from the manifest: what was asked for, or a usage error. Loads no operation. */
import { Argument, Command, CommanderError, Option } from 'commander'
import { nearest } from '../model/config-schema.ts'
import { ToolError } from '../model/error.ts'
import type { FlagDefinition } from '../operations/define.ts'
import { type CommonFlags, commonFlags, kebab } from './flags.ts'
import type { Manifest, Verb } from './manifest.ts'

/** One run that was asked for. */
export type Invocation = {
  readonly verb: string
  readonly arguments: readonly string[]
  readonly flags: Readonly<Record<string, unknown>>
  readonly common: CommonFlags
}

const numberOf = (flag: string) => (text: string) => {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) throw new ToolError('usage', `--${flag} wants a number, not ${JSON.stringify(text)}.`)
  return number
}

const append = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text]

const optionOf = (name: string, flag: FlagDefinition): Option => {
  const long = kebab(name)
  if (flag.type === 'boolean') return new Option(`--${flag.default === true ? 'no-' : ''}${long}`)
  if (flag.alone !== undefined) return new Option(`--${long} [${flag.value ?? 'VALUE'}]`).preset(flag.alone)
  const option = new Option(`--${long} <${flag.value ?? 'VALUE'}>`)
  if (flag.type === 'number') option.argParser(numberOf(long))
  if (flag.type === 'strings') option.argParser(append)
  return option
}

const quiet = (command: Command): Command =>
  command
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption(false)
    .helpCommand(false)

const subcommand = (verb: Verb, matched: (invocation: Invocation) => void, common: () => Readonly<Record<string, unknown>>): Command => {
  const command = quiet(new Command(verb.name))
  for (const { name, required, variadic } of verb.arguments)
    command.addArgument(new Argument(required ? `<${name}${variadic ? '...' : ''}>` : `[${name}${variadic ? '...' : ''}]`))
  for (const [name, flag] of Object.entries(verb.flags)) command.addOption(optionOf(name, flag))
  return command.action(() => {
    const given = command.processedArgs.flat().filter((text): text is string => typeof text === 'string')
    matched({ verb: verb.name, arguments: given, flags: ownFlags(verb, command.opts(), common()), common: commonOf(common()) })
  })
}

/** Of the verbs, those that stand among the words: another cannot be meant, and to tell commander of all their flags takes as long as to read the arguments. */
const programOf = (argv: readonly string[], manifest: Manifest, matched: (invocation: Invocation) => void): Command => {
  const program = quiet(new Command('pgstrata')).argument('[verb]')
  for (const [name, flag] of Object.entries(commonFlags)) program.addOption(optionOf(name, flag))
  program.addOption(new Option('--no-color'))
  program.setOptionValue('color', undefined)
  for (const verb of manifest) if (argv.includes(verb.name)) program.addCommand(subcommand(verb, matched, () => program.opts()))
  return program.action((verb: string | undefined) => {
    throw noSuchVerb(verb, manifest)
  })
}

const noSuchVerb = (verb: string | undefined, manifest: Manifest): ToolError => {
  const names = manifest.map(({ name }) => name)
  if (verb === undefined) return new ToolError('usage', 'No verb was given.', { help: `Verbs: ${names.join(', ')}. pgstrata --help says more.` })
  const near = nearest(verb, names)
  return new ToolError('usage', `There is no verb ${JSON.stringify(verb)}.`, {
    help: near ? `Did you mean ${near}?` : `Verbs: ${names.join(', ')}. pgstrata --help says more.`,
  })
}

/** Commander's usage errors in our words: message and, where it found one, the nearest name. */
const usageError = (error: CommanderError): ToolError => {
  if (error.code === 'commander.excessArguments')
    return new ToolError('usage', error.message.replace(/^error: too many/i, 'Too many'), {
      help: 'A migrations folder is named with --folder DIR. pgstrata VERB --help shows what a verb takes.',
    })
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const said = message.charAt(0).toUpperCase() + message.slice(1)
  const help = suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'pgstrata --help lists verbs and flags.'
  return new ToolError('usage', /[.?]$/.test(said) ? said : `${said}.`, { help })
}

const failOnOf = (value: unknown): CommonFlags['failOn'] => {
  if (value === undefined) return commonFlags.failOn.default
  if (value === 'error' || value === 'warning' || value === 'never') return value
  throw new ToolError('usage', `--fail-on wants error, warning or never, not ${JSON.stringify(value)}.`)
}

const commonOf = (options: Readonly<Record<string, unknown>>): CommonFlags => {
  const text = (name: keyof CommonFlags) => (typeof options[name] === 'string' ? { [name]: options[name] } : {})
  return {
    ...text('folder'),
    ...text('project'),
    ...text('config'),
    ...text('since'),
    ...text('engine'),
    ...text('envFile'),
    ...(typeof options.color === 'boolean' ? { color: options.color } : {}),
    format: Array.isArray(options.format) ? options.format : [],
    failOn: failOnOf(options.failOn),
    all: options.all === true,
    save: options.save === true,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
  }
}

const absent = (flag: FlagDefinition): unknown => flag.default ?? (flag.type === 'boolean' ? false : flag.type === 'strings' ? [] : undefined)

/** An operation's own flags, complete. A name that is also a common flag's has that one's value. */
const ownFlags = (verb: Verb, own: Readonly<Record<string, unknown>>, common: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(verb.flags).map(([name, flag]) => [name, own[name] ?? common[name] ?? absent(flag)]))

/** Reads the arguments after the program's name. Throws `ToolError` `usage`. */
export const readArguments = (argv: readonly string[], manifest: Manifest): Invocation => {
  let invocation: Invocation | undefined
  const program = programOf(argv, manifest, (matched) => {
    invocation = matched
  })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? usageError(error) : error
  }
  if (!invocation) throw noSuchVerb(undefined, manifest)
  return invocation
}
