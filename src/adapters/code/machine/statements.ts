/** Runs the statements of a function, one after the other: whatever a branch may do is done. */
import type { Statement } from '../tree.ts'
import { any, Model } from '../value.ts'
import type { Core, Frame } from './core.ts'
import { each } from './join.ts'

const declare = (core: Core, statement: Extract<Statement, { k: 'let' }>, frame: Frame): void => {
  const { to, e } = statement
  if (e) core.bind(to, core.evaluate(e, frame), frame, 'declare')
  else if (to.k === 'name' && to.T) frame.scope.types.set(to.b, to.T)
}

const choose = (core: Core, { e, cases, at }: Extract<Statement, { k: 'switch' }>, frame: Frame): void => {
  const value = core.evaluate(e, frame)
  const site = core.site(frame, at)
  for (const one of cases) {
    const other = core.evaluate(one, frame)
    for (const member of each(value)) if (member instanceof Model) member.compared(other, { ...site, place: { ...site.place, line: one.at } })
  }
}

const run = (core: Core, statement: Statement, frame: Frame): void => {
  switch (statement.k) {
    case 'do':
    case 'throw':
      core.evaluate(statement.e, frame)
      return
    case 'let':
      return declare(core, statement, frame)
    case 'return':
      frame.returned.push(core.evaluate(statement.e, frame))
      return
    case 'each': {
      const of = core.evaluate(statement.e, frame)
      core.bind(statement.to, statement.keys ? any : core.element(of, core.site(frame, statement.at)), frame, 'declare')
      return
    }
    case 'switch':
      return choose(core, statement, frame)
  }
}

export const runAll = (core: Core, statements: readonly Statement[], frame: Frame): void => {
  for (const statement of statements) run(core, statement, frame)
}
