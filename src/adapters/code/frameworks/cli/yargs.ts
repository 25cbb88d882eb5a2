/** `yargs(argv).command('seed', 'fill the tables', builder, handler)`, also with a command as a module. */
import { any, type CallSite, Model, native, type Value } from '../../value.ts'
import { commandEntry, wordOf } from './command.ts'

const ends: ReadonlySet<string> = new Set(['argv', 'parse', 'parseAsync', 'parseSync', 'then'])

export class Yargs extends Model {
  readonly what = 'yargs'
  readonly #words: readonly string[]
  constructor(words: readonly string[] = []) {
    super()
    this.#words = words
  }

  override get(name: string): Value | undefined {
    if (ends.has(name)) return undefined
    return native(`yargs ${name}`, name === 'command' ? (call) => this.#command(call) : () => this)
  }

  override call(): Value {
    return this
  }

  #command(call: CallSite): Value {
    const { machine, args } = call
    const [first = any] = args
    const names = machine.strings(first.kind === 'array' ? (first.items?.[0] ?? first.element) : first)
    if (names.length > 0) this.#add(names[0] ?? '', args[2] ?? any, args[3], call)
    else
      for (const module of args)
        this.#add(
          machine.strings(machine.get(module, 'command', call))[0] ?? '',
          machine.get(module, 'builder', call),
          machine.get(module, 'handler', call),
          call,
        )
    return this
  }

  /** Commands within a command are made by its builder. */
  #add(text: string, builder: Value, handler: Value | undefined, call: CallSite): void {
    const words = [...this.#words, wordOf(text)].filter((word) => word !== '')
    if (builder.kind === 'function') call.machine.invoke(builder, [new Yargs(words)], call)
    if (handler !== undefined && handler.kind !== 'any') commandEntry(words, '', [handler], [any], call)
  }
}
