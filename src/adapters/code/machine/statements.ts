/** Runs the statements of a function, one after the other: whatever a branch may do is done. */
import type { Statement } from '../tree.ts'
import { any, Model, noticeAs, roundOf, type Scope, was } from '../value.ts'
import { rowsApart } from './arrays.ts'
import type { Core, Frame } from './core.ts'
import { each, join } from './join.ts'

type Loop = Extract<Statement, { k: 'each' }>

const declare = (core: Core, statement: Extract<Statement, { k: 'let' }>, frame: Frame): void => {
  const { to, e } = statement
  if (e) core.bind(to, core.evaluate(e, frame), frame, 'declare')
  else if (to.k === 'name') {
    if (to.T) {
      frame.scope.types ??= new Map()
      frame.scope.types.set(to.b, to.T)
    }
    noticeAs(to.T && to.T.k !== 'any' ? was.loud : was.unknown, to.b, frame.scope.file)
  }
}

const choose = (core: Core, { e, cases, at }: Extract<Statement, { k: 'switch' }>, frame: Frame): void => {
  const value = core.evaluate(e, frame)
  const site = core.site(frame, at)
  for (const one of cases) {
    const other = core.evaluate(one, frame)
    for (const member of each(value)) if (member instanceof Model) member.compared(other, { ...site, place: { ...site.place, line: one.at } })
  }
}

const run = (core: Core, statement: Exclude<Statement, Loop>, frame: Frame): void => {
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
    case 'switch':
      return choose(core, statement, frame)
  }
}

/** What was declared in a round is there for functions that the whole function has, which may be called from any. */
const keep = ({ vars }: Scope, into: Scope): void => {
  for (const [binding, value] of vars) into.vars.set(binding, join(into.vars.get(binding) ?? value, value))
}

/** A loop is run once, with any element; over a table of functions, once for each. */
const loop = (core: Core, { to, e, keys, at }: Loop, body: readonly Statement[], frame: Frame): void => {
  const of = core.evaluate(e, frame)
  const site = core.site(frame, at)
  core.bind(to, keys ? any : core.element(of, site), frame, 'declare')
  const rows = keys || of.kind !== 'array' ? undefined : rowsApart(of.items, site, core)
  if (rows === undefined) return runAll(core, body, frame)
  for (const row of rows) {
    const round: Frame = { ...frame, scope: roundOf(frame.scope) }
    core.bind(to, row, round, 'declare')
    runAll(core, body, round)
    keep(round.scope, frame.scope)
  }
}

/** `frameOf` gives the frame that a statement runs in. The body of a loop are the statements that follow it. */
export const runEach = (core: Core, statements: readonly Statement[], frameOf: (statement: Statement) => Frame): void => {
  for (let at = 0; at < statements.length; at++) {
    const statement = statements[at]
    if (!statement) continue
    if (statement.k !== 'each') run(core, statement, frameOf(statement))
    else {
      loop(core, statement, statements.slice(at + 1, at + 1 + statement.n), frameOf(statement))
      at += statement.n
    }
  }
}

export const runAll = (core: Core, statements: readonly Statement[], frame: Frame): void => runEach(core, statements, () => frame)
