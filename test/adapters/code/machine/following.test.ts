/** The machine with one model beside it: what `note` is called with, and where. */
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lowerSource } from '../../../../src/adapters/code/lower/index.ts'
import { Following } from '../../../../src/adapters/code/machine/index.ts'
import { join } from '../../../../src/adapters/code/machine/join.ts'
import { any, type CallSite, Model, native, type Value } from '../../../../src/adapters/code/value.ts'

/** A thing that is changed by what is called on it. */
class Growing extends Model {
  readonly what = 'growing'
  readonly given: string[] = []
  override get grows(): boolean {
    return true
  }
  override get(name: string): Value | undefined {
    if (name !== 'add') return undefined
    return native('add', (site) => {
      this.given.push(...site.machine.strings(site.args[0] ?? any))
      return this
    })
  }
}

type Run = { readonly following: Following; readonly notes: readonly string[]; readonly made: readonly Growing[] }

const run = (files: Readonly<Record<string, string>>, reaches?: (path: string) => boolean): Run => {
  const notes: string[] = []
  const made: Growing[] = []
  const note = native('note', ({ machine, args }: CallSite) => {
    notes.push(machine.strings(args[0] ?? any).join('|') || '?')
    return any
  })
  const grow = native('grow', () => {
    const growing = new Growing()
    made.push(growing)
    return growing
  })
  const nested = (): Value => join(nested(), any)
  const known: Readonly<Record<string, Value>> = { note, grow, deep: native('deep', nested) }
  const following = new Following(
    {
      tree: (path) => (files[path] === undefined ? undefined : lowerSource(path, files[path])),
      resolve: (from, specifier) => (specifier.startsWith('.') ? { file: `${posix.join(posix.dirname(from), specifier)}.ts` } : { package: specifier }),
      ...(reaches && { reaches }),
    },
    { imported: (_from, [name = '']) => known[name], typed: () => undefined },
  )
  following.follow('main.ts')
  following.end()
  return { following, notes, made }
}

const head = "import { note, grow, deep } from 'notes'\n"
const notesOf = (text: string, files: Readonly<Record<string, string>> = {}): readonly string[] => run({ 'main.ts': head + text, ...files }).notes

describe('contexts', () => {
  it('a function is followed once for each kind of arguments', () => {
    expect(notesOf("const f = (x) => note(x); f('a'); f('b'); f('a')")).toEqual(['a', 'b'])
  })

  it('a function that is called with very many kinds of arguments is followed once more without knowing them', () => {
    const calls = Array.from({ length: 200 }, (_, at) => `f('x${at}')`).join(';')
    const notes = notesOf(`const f = (x) => note(x); ${calls}`)
    expect(notes.length).toBeLessThan(60)
    expect(notes.at(-1)).toBe('?')
  })

  it('of very many calls, functions among the arguments are still told apart', () => {
    const calls = Array.from({ length: 200 }, (_, at) => `f({ x: '${at}' }, () => note('${at}'))`).join(';')
    expect(new Set(notesOf(`const f = (x, g) => g(x); ${calls}`)).size).toBe(200)
  })

  it('closures of one place in the text, beyond some hundreds, are one', () => {
    const calls = Array.from({ length: 700 }, (_, at) => `f(made('${at}'))`).join(';')
    const told = new Set(notesOf(`const made = (x) => () => note(x); const f = (g) => g(); ${calls}`)).size
    expect(told).toBeGreaterThan(30)
    expect(told).toBeLessThan(300)
  })

  it('what an unknown package gives back is the same for the same thing', () => {
    const { following } = run({
      'main.ts': `${head}import { wrap } from 'unknown'\nconst g = () => note('g'); const f = (x) => x()\n${Array.from({ length: 20 }, () => 'f(wrap(wrap(g)))').join('\n')}`,
    })
    expect(following.functions.filter(({ name }) => name === 'f')).toHaveLength(1)
  })

  it('recursion comes to an end', () => {
    expect(notesOf("const f = (x) => { note(x); return f(x) }; f('a')")).toEqual(['a'])
  })

  it('calls that go very deep are followed to their end', () => {
    const chain = Array.from({ length: 1000 }, (_, at) => `const f${at} = (x) => f${at + 1}(x)`).join('\n')
    const { following, notes } = run({ 'main.ts': `${head}${chain}\nconst f1000 = (x) => note(x); f0('end')` })
    expect(notes).toEqual(['end'])
    expect(following.gaps).toEqual([])
    const { functions } = following
    const reached = new Set(functions.flatMap(({ name }, at) => (name === 'f0' ? [at] : [])))
    for (const one of reached) for (const { to } of functions[one]?.calls ?? []) reached.add(to)
    expect([...reached].map((one) => functions[one]?.name)).toContain('f1000')
  })
})

describe('values that are nested too deep', () => {
  it('are said, and the rest is followed', () => {
    const { following, notes } = run({ 'main.ts': `${head}note('before'); deep(); note('after')` })
    following.follow('other.ts')
    expect(notes).toEqual(['before'])
    expect(following.gaps).toEqual([{ file: 'main.ts', line: 1, why: expect.stringContaining('nested too deep') }])
  })
})

describe('what grows', () => {
  it('a factory makes a thing for each place that calls it', () => {
    const { made } = run({ 'main.ts': `${head}const make = () => grow()\nmake().add('a')\nmake().add('b')` })
    expect(made.map(({ given }) => given)).toEqual([['a'], ['b']])
  })
})

describe('files', () => {
  it('that import each other are followed', () => {
    expect(
      notesOf("import { b } from './b'\nexport const a = () => 'a'\nb()", { 'b.ts': `${head}import { a } from './main'\nexport const b = () => note(a())` }),
    ).toEqual(['a'])
  })

  it('barrels that re-export each other come to an end, and a name is found through them', () => {
    expect(
      notesOf("import { deep } from './one'\nimport { none } from './one'\nnote(deep)\nnote(none)", {
        'one.ts': "export * from './two'\n",
        'two.ts': "export * from './one'\nexport { x as deep } from './three'\n",
        'three.ts': "export const x = 'x'\n",
      }),
    ).toEqual(['x', '?'])
  })

  it('a file’s own export is preferred to one of the same name that it re-exports', () => {
    expect(
      notesOf("import { x } from './one'\nnote(x)", { 'one.ts': "export * from './two'\nexport const x = 'own'\n", 'two.ts': "export const x = 'other'\n" }),
    ).toEqual(['own'])
  })

  it('a file runs once, whoever asks for it', () => {
    expect(
      notesOf("import { x } from './one'\nimport { y } from './one'\nnote(x)\nnote(y)", { 'one.ts': `${head}note('ran')\nexport const x = 'x', y = 'y'\n` }),
    ).toEqual(['ran', 'x', 'y'])
  })
})

describe('a table with many members', () => {
  const tools = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`tool${at}.ts`, `export const tool = { name: 'tool${at}', run: () => note('${at}') }\n${head}`]),
  )
  const imports = Object.keys(tools)
    .map((path, at) => `import { tool as t${at} } from './${path.replace('.ts', '')}'`)
    .join('\n')
  const table = `const tools = { ${Object.keys(tools)
    .map((_, at) => `n${at}: t${at}`)
    .join(', ')} }`
  const withTools = (text: string): Run => run({ 'main.ts': `${head}${imports}\n${table}\n${text}`, ...tools }, (path) => path === 'tool7.ts')

  it('reads of the files that reach no database only those that are asked for', () => {
    const { following, notes } = withTools('note(tools.n42.name)')
    expect(notes).toEqual(['tool42'])
    expect(following.followed.toSorted()).toEqual(['main.ts', 'tool42.ts', 'tool7.ts'])
  })

  it('gives some of them where the name is not known', () => {
    const { following, notes } = withTools('const act = (name) => tools[name].run(); act()')
    expect(notes).toContain('7')
    expect(notes.length).toBeGreaterThan(5)
    expect(following.followed.length).toBeLessThan(40)
  })

  it('is spread and called as if all had been read', () => {
    expect(withTools('const { n3, ...rest } = tools; n3.run(); const all = { ...rest }; all.n4.run()').notes).toEqual(['3', '4'])
    expect(withTools('const other = { n5: 1, ...tools }; note(other.n5.name)').notes).toEqual(['tool5'])
  })
})

describe('the boundary of the browser', () => {
  const pageOf = (directive: string): readonly string[] => {
    const { following } = run({
      'main.ts': "import { Form } from './form'\nexport const Page = (x) => Form(x)\nPage(() => 1)",
      'form.ts': `${directive}export const Form = (x) => { inner(x) }\nconst inner = (x) => x()\n`,
    })
    return following.functions.filter(({ name }) => name === 'Page').flatMap(({ calls }) => calls.map(({ to }) => following.functions[to]?.name ?? ''))
  }

  it('what the browser renders is no call of the page', () => {
    expect(pageOf('')).toEqual(['Form'])
    expect(pageOf("'use client'\n")).toEqual([])
  })

  it('what the server calls too is the server’s, with what it calls in turn', () => {
    const { following } = run({
      'main.ts': "import { Form } from './form'\nimport { shared } from './shared'\nconst act = () => 1\nForm(act)\nshared(act)",
      'form.ts': "'use client'\nimport { shared } from './shared'\nexport const Form = (x) => { own(x); shared(x) }\nconst own = (x) => x()\n",
      'shared.ts': 'export const shared = (x) => below(x)\nconst below = (x) => x\n',
    })
    const sideOf = (wanted: string): readonly boolean[] => following.functions.flatMap(({ name }, at) => (name === wanted ? [following.inBrowser(at)] : []))
    expect([sideOf('Form'), sideOf('own'), sideOf('shared'), sideOf('below')]).toEqual([[true], [true], [false], [false]])
  })
})

describe('interfaces', () => {
  const port = 'export interface Port { go(): void }\n'
  const classes = (count: number): string =>
    `${head}import type { Port } from './port'\n${Array.from({ length: count }, (_, at) => `export class C${at} implements Port { go() { note('${at}') } }`).join('\n')}`
  const main = "import type { Port } from './port'\nimport './classes'\nconst f = (port: Port) => port.go()\nf(undefined)"

  it('lead to the classes that implement them', () => {
    expect([...notesOf(main, { 'port.ts': port, 'classes.ts': classes(2) })].sort()).toEqual(['0', '1'])
  })

  it('that many classes implement are said not to be followed', () => {
    const { following, notes } = run({ 'main.ts': main, 'port.ts': port, 'classes.ts': classes(9) })
    expect(notes).toEqual([])
    expect(following.gaps.map(({ why }) => why)).toEqual(['9 implement Port: which of them is meant is not known, and none is followed'])
  })
})
