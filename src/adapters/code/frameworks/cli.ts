/** Programs that people and schedules start: commands of commander, cac, yargs and citty, and source files that a package.json runs. */
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { defineCommand, runMain } from './cli/citty.ts'
import { Command } from './cli/command.ts'
import { examples } from './cli/examples.ts'
import { mainsOf, programsOf } from './cli/scripts.ts'
import { Yargs } from './cli/yargs.ts'
import { defineFramework, type ProjectFiles, type Root } from './define.ts'

class CommandConstructor extends Model {
  readonly what = 'command constructor'
  override construct(call: CallSite): Value {
    return newCommand(call)
  }
}

const newCommand = ({ machine, args: [name = any] }: CallSite): Command => new Command(machine.strings(name)[0] ?? '')

/** A program of its own for each analysis: `program` is one for all who import it. */
const commander = (name: string): Value | undefined => {
  if (name === 'Command') return new CommandConstructor()
  if (name === 'createCommand') return native('commander createCommand', newCommand)
  return name === 'program' ? new Command() : undefined
}

const yargs = (name: string): Value | undefined => (name === 'default' || name === '*' ? new Yargs() : undefined)

const cac = (name: string): Value | undefined => (name === 'default' || name === 'cac' ? native('cac', newCommand) : undefined)

const citty = (name: string): Value | undefined => (name === 'defineCommand' ? defineCommand : name === 'runMain' ? runMain : undefined)

const packages: Readonly<Record<string, (name: string) => Value | undefined>> = { commander, '@commander-js/extra-typings': commander, yargs, cac, citty }

/** The namespace of CommonJS is what it exports. */
const exported = (from: string, [name = '', ...rest]: readonly string[]): Value | undefined => {
  const [second] = rest
  if ((name === '*' || name === 'default') && second !== undefined) return packages[from]?.(second)
  return rest.length === 0 ? packages[from]?.(name) : undefined
}

const rootOf = ({ name, file }: ReturnType<typeof programsOf>[number]): Root => ({
  path: file,
  enter: (module, machine) =>
    machine.entry({ name: `cli ${name}`, kind: 'cli', framework: 'cli', place: { file, line: 1 }, runs: [{ handler: module, args: [], what: 'program' }] }),
})

/** What it does as it starts is told when all has been followed. */
const mainOf = (path: string): Root => ({ path, enter: () => {} })

export const cli = defineFramework({
  id: 'cli',
  title: 'Command lines and package.json',
  packages: Object.keys(packages),
  imported: exported,
  roots: (project: ProjectFiles) => [...programsOf(project).map(rootOf), ...mainsOf(project).map(mainOf)],
  examples,
})
