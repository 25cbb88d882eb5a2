/** A command of commander or cac: its words, and what it does. */
import { ownValue } from '../../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { nameOf } from '../routing/values.ts'

/** `seed <file>` is `seed`; `$0` and nothing are the program itself. */
export const wordOf = (text: string): string => {
  const [word = ''] = text.trim().split(/\s+/)
  return /^[\w:.-]+$/.test(word) ? word : ''
}

/** What a command does, as an entry; the program itself goes by its name, or by its file's. */
export const commandEntry = (words: readonly string[], program: string, handlers: readonly Value[], args: readonly Value[], site: Site): void => {
  const name = words.join(' ') || program || site.place.file
  const runs = handlers.filter(({ kind }) => kind === 'function' || kind === 'model').map((handler) => ({ handler, args, what: nameOf(handler) }))
  if (runs.length === 0) site.machine.gap(`what the command ${name} does is not known`, site)
  site.machine.entry({ name: `cli ${name}`, kind: 'cli', framework: 'cli', place: site.place, runs })
}

/** Methods that do not give the command again. */
const ends: ReadonlySet<string> = new Set(['parse', 'parseAsync', 'opts', 'args', 'help', 'outputHelp', 'error', 'optsWithGlobals', 'then'])

export class Command extends Model {
  readonly what = 'command'
  #word: string
  #above: Command | undefined
  readonly #hooks: Value[] = []
  constructor(word = '', above?: Command) {
    super()
    this.#word = word
    this.#above = above
  }

  override get(name: string): Value | undefined {
    const methods: Readonly<Record<string, (call: CallSite) => Value>> = {
      command: (call) => this.#command(call),
      addCommand: ({ args }) => this.#add(args),
      name: (call) => this.#named(call),
      action: (call) => this.#action(call),
      hook: ({ args }) => this.#hook(args),
    }
    if (ends.has(name)) return undefined
    return native(`command ${name}`, ownValue(methods, name) ?? (() => this))
  }

  /** With a description beside it, commander means a program of its own and gives this command again; cac gives the new one. */
  #command({ machine, args: [text = any] }: CallSite): Value {
    return new Command(wordOf(machine.strings(text)[0] ?? ''), this)
  }

  #add(args: readonly Value[]): Value {
    for (const one of args) if (one instanceof Command) one.#above = this
    return this
  }

  #named({ machine, args: [text = any] }: CallSite): Value {
    this.#word = machine.strings(text)[0] ?? this.#word
    return this
  }

  #hook(args: readonly Value[]): Value {
    this.#hooks.push(...args.slice(1))
    return this
  }

  #action(call: CallSite): Value {
    call.machine.atEnd(() => {
      const [program = '', ...words] = this.#words()
      commandEntry(words, program, [...this.#allHooks(), ...call.args.slice(0, 1)], [any, any, this], call)
    })
    return this
  }

  #words(): readonly string[] {
    return [...(this.#above ? this.#above.#words() : []), this.#word]
  }

  #allHooks(): readonly Value[] {
    return [...(this.#above ? this.#above.#allHooks() : []), ...this.#hooks]
  }
}
