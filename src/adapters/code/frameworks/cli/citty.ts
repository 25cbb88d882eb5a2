/** `defineCommand({ meta, run, subCommands })` of citty, and `runMain` that starts one. */
import { any, type CallSite, native, type Site, type Value } from '../../value.ts'
import { commandEntry } from './command.ts'

const add = (command: Value, words: readonly string[], site: Site, above: readonly Value[] = []): void => {
  const { machine } = site
  if (above.includes(command)) return
  const run = machine.get(command, 'run', site)
  const [program = ''] = machine.strings(machine.get(machine.get(command, 'meta', site), 'name', site))
  if (run.kind !== 'any')
    commandEntry(
      words,
      program,
      [machine.get(command, 'setup', site), run].filter(({ kind }) => kind !== 'any'),
      [any],
      site,
    )
  const below = machine.get(command, 'subCommands', site)
  for (const [word, value] of machine.entries(below, site).known) add(loaded(value, site), [...words, word], site, [...above, command])
}

/** `() => import('./seed').then((file) => file.default)` */
const loaded = (value: Value, site: Site): Value => {
  const { machine } = site
  const command = machine.awaited(value.kind === 'function' ? machine.invoke(value, [], site) : value, site)
  return command.kind === 'model' && command.names()?.includes('default') === true ? machine.get(command, 'default', site) : command
}

export const defineCommand = native('citty defineCommand', ({ args: [command = any] }) => command)

export const runMain = native('citty runMain', (call: CallSite) => {
  call.machine.atEnd(() => add(call.args[0] ?? any, [], call))
  return any
})
