// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources that are lowered have them
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import type { FileTree } from '../../../src/adapters/code/tree.ts'

const lower = (text: string, path = 'a.ts'): FileTree => lowerSource(path, text)

const bindingsOf = (tree: FileTree): ReadonlyMap<number, string> => new Map(tree.bindings.map(({ name }, b) => [b, name]))

/** A tree's part with names instead of numbers and without lines. */
const plain = (value: unknown, tree: FileTree): unknown => {
  if (Array.isArray(value)) return value.map((one) => plain(one, tree))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'at' && key !== 'end')
  return Object.fromEntries(entries.map(([key, inner]) => [key, key === 'b' ? bindingsOf(tree).get(inner as number) : plain(inner, tree)]))
}

const body = (text: string, path?: string): unknown => {
  const tree = lower(text, path)
  return plain(tree.functions[0]?.body, tree)
}

/** The one expression of a text. */
const expression = (text: string, path?: string): unknown => (body(text, path) as readonly { readonly e: unknown }[]).at(-1)?.e

const ref = (b: string) => ({ k: 'ref', b })
const global = (n: string) => ({ k: 'global', n })
const lit = (v: string | number | boolean | null) => ({ k: 'lit', v })
const other = (...e: readonly unknown[]) => ({ k: 'other', e })
const f = global('f')
const x = global('x')

describe('expressions', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['x', x],
    ['f, "a"', other(f, lit('a'))],
    ['1', lit(1)],
    ['-1', lit(-1)],
    ['null', lit(null)],
    ['`a`', lit('a')],
    ['`a${x}b`', { k: 'tpl', q: ['a', 'b'], e: [x] }],
    ['f<T>`a\\n${x}`', { k: 'tag', f, q: ['a\n', ''], e: [x], T: [{ k: 'name', n: ['T'] }] }],
    ['x.p', { k: 'get', o: x, p: 'p' }],
    ['x?.p', { k: 'get', o: x, p: 'p' }],
    ['x["p"]', { k: 'get', o: x, p: 'p' }],
    ['x[0]', { k: 'get', o: x, p: '0' }],
    ['x[f]', { k: 'index', o: x, i: f }],
    ['x?.[f]?.(1)', { k: 'call', f: { k: 'index', o: x, i: f }, a: [lit(1)] }],
    ['f<T>(x, ...x)', { k: 'call', f, a: [x, { k: 'spread', e: x }], T: [{ k: 'name', n: ['T'] }] }],
    ['new f(x)', { k: 'new', f, a: [x] }],
    [
      '({ a: x, [x]: f, "c d": 1, ...x })',
      {
        k: 'obj',
        p: [
          { k: 'key', n: 'a', e: x },
          { k: 'computed', i: x, e: f },
          { k: 'key', n: 'c d', e: lit(1) },
          { k: 'spread', e: x },
        ],
      },
    ],
    ['[x, ...f]', { k: 'arr', e: [x, { k: 'spread', e: f }] }],
    ['await x', { k: 'await', e: x }],
    ['x ? f : 1', { k: 'choice', t: x, keep: false, e: [f, lit(1)] }],
    ['x && f', { k: 'choice', t: x, keep: false, e: [f] }],
    ['x ?? f', { k: 'choice', t: x, keep: true, e: [f] }],
    ['x === f', { k: 'binary', op: '===', l: x, r: f }],
    ['x ??= f', { k: 'assign', to: { k: 'nowhere' }, op: '??=', e: f }],
    ['x.p = f', { k: 'assign', to: { k: 'place', o: x, p: 'p' }, op: '=', e: f }],
    ['this', { k: 'this' }],
    ['x as T', { k: 'cast', e: x, T: { k: 'name', n: ['T'] }, how: 'as' }],
    ['x satisfies T', { k: 'cast', e: x, T: { k: 'name', n: ['T'] }, how: 'satisfies' }],
    ['x as const', x],
    ['x!', x],
    ['f<string>', f],
    ['import("./a")', { k: 'import', from: './a' }],
    ['require("./a")', { k: 'import', from: './a' }],
    ['require(x)', { k: 'call', f: global('require'), a: [x] }],
    ['!x', other(x)],
    ['x++', other(x)],
    ['(x, f)', other(x, f)],
    ['/a/', other()],
    ['1n', other()],
    ['undefined', other()],
    ['import.meta', other()],
  ]
  it.each(cases)('%s', (text, expected) => {
    expect(expression(text)).toEqual(expected)
  })

  it('JSX: host elements, components, fragments, spreads', () => {
    expect(expression('<><A.B p="q" on {...x}>text {f} {/* no */}</A.B><div /></>', 'a.jsx')).toEqual({
      k: 'jsx',
      tag: '',
      p: [],
      c: [
        {
          k: 'jsx',
          tag: { k: 'get', o: global('A'), p: 'B' },
          p: [
            { k: 'key', n: 'p', e: lit('q') },
            { k: 'key', n: 'on', e: lit(true) },
            { k: 'spread', e: x },
          ],
          c: [f],
        },
        { k: 'jsx', tag: 'div', p: [], c: [] },
      ],
    })
  })
})

describe('statements and targets', () => {
  it('flattens control flow in the order of the text', () => {
    const text = 'if (a) b; else c; for (let i = d; e; g) h; while (j) k; do l; while (m); a: { n } try { o } catch (p) { p } finally { q } throw r'
    const names = (body(text) as readonly { readonly k: string; readonly e?: { readonly n?: string; readonly b?: string } }[]).map(
      ({ k, e }) => `${k} ${e?.n ?? e?.b ?? ''}`,
    )
    expect(names).toEqual([
      'do a',
      'do b',
      'do c',
      'let d',
      'do e',
      'do g',
      'do h',
      'do j',
      'do k',
      'do m',
      'do l',
      'do n',
      'do o',
      'let ',
      'do p',
      'do q',
      'throw r',
    ])
  })

  it('loops and switches', () => {
    expect(body('for (const { a } of x) f(a); for (const k in x) k; switch (x) { case 1: f; default: x }')).toEqual([
      { k: 'each', to: { k: 'objectOf', p: [{ n: 'a', to: { k: 'name', b: 'a' } }] }, e: x, n: 1 },
      { k: 'do', e: { k: 'call', f, a: [ref('a')] } },
      { k: 'each', to: { k: 'name', b: 'k' }, e: x, n: 1, keys: true },
      { k: 'do', e: ref('k') },
      { k: 'switch', e: x, cases: [lit(1)] },
      { k: 'do', e: f },
      { k: 'do', e: x },
    ])
  })

  it('destructures with defaults, holes and rests', () => {
    expect(body('const { a, b: c = 1, [x]: d, ...e }: T = x; const [g, , h = 2, ...i] = x')).toEqual([
      {
        k: 'let',
        to: {
          k: 'objectOf',
          p: [
            { n: 'a', to: { k: 'name', b: 'a' } },
            { n: 'b', to: { k: 'name', b: 'c' }, e: lit(1) },
            { n: x, to: { k: 'name', b: 'd' } },
          ],
          rest: { k: 'name', b: 'e' },
          T: { k: 'name', n: ['T'] },
        },
        e: x,
      },
      { k: 'let', to: { k: 'arrayOf', e: [{ to: { k: 'name', b: 'g' } }, null, { to: { k: 'name', b: 'h' }, e: lit(2) }], rest: { k: 'name', b: 'i' } }, e: x },
    ])
  })
})

describe('names', () => {
  it('are bound before they are declared, and per block', () => {
    const tree = lower('use(a); function use(p) { return later + p } const later = 1; { const later = 2; later } later; var a')
    const at = (name: string) => tree.bindings.flatMap((one, b) => (one.name === name ? [b] : []))
    const [outer, inner] = at('later')
    expect(at('later')).toHaveLength(2)
    expect(tree.functions[0]?.own).toEqual([{ b: at('use')[0], fn: 1 }])
    expect(tree.functions[1]?.body).toMatchObject([{ e: { l: { b: outer }, r: { b: at('p')[0] } } }])
    expect(tree.functions[0]?.body.slice(-3)).toMatchObject([{ e: { b: inner } }, { e: { b: outer } }, { to: { b: at('a')[0] } }])
  })

  it('var is the function’s, let the block’s, a catch parameter its clause’s', () => {
    const tree = lower('function f() { if (1) { var v = 1; let l = 2 } v; l; try {} catch (e) { e } e }')
    expect(plain(tree.functions[1]?.body, tree)).toMatchObject([
      {},
      {},
      {},
      { e: ref('v') },
      { e: global('l') },
      { k: 'let' },
      { e: ref('e') },
      { e: global('e') },
    ])
  })

  it('a function in a block is in own of its function, a named function expression in its own', () => {
    const tree = lower('function f() { { g(); function g() {} } } const h = function k() { k() }')
    expect(tree.functions.map(({ name, outer, own }) => ({ name, outer, own: plain(own, tree) }))).toEqual([
      { name: '', outer: undefined, own: [{ b: 'f', fn: 1 }] },
      { name: 'f', outer: 0, own: [{ b: 'g', fn: 2 }] },
      { name: 'g', outer: 1, own: undefined },
      { name: 'k', outer: 0, own: [{ b: 'k', fn: 3 }] },
    ])
  })

  it('a parameter hides what is outside, and a type parameter hides types only', () => {
    const tree = lower('type T = 1; const a = 1; const g = <T,>(a: T, b: U = a): T => a; type U = T')
    const [outer, inner] = tree.bindings.flatMap(({ name }, b) => (name === 'a' ? [b] : []))
    expect(outer).toBeLessThan(inner ?? 0)
    expect(tree.functions[1]).toMatchObject({ name: 'g', arrow: true, typeParams: ['T'], returns: { k: 'name', n: ['T'] }, body: [{ e: { b: inner } }] })
    expect(tree.functions[1]?.returns).not.toHaveProperty('b')
    expect(plain(tree.types, tree)).toMatchObject([
      { b: 'T', T: { k: 'lit', v: 1 } },
      { b: 'U', T: { k: 'name', n: ['T'], b: 'T' } },
    ])
  })

  it('a value and a type of one name share a binding', () => {
    const tree = lower('export const User = z.object({}); export type User = z.infer<typeof User>')
    expect(plain(tree.types, tree)).toMatchObject([{ b: 'User', T: { k: 'name', n: ['z', 'infer'], a: [{ k: 'typeof', n: ['User'], b: 'User' }] } }])
    expect(plain(tree.exports, tree)).toEqual([{ name: 'User', b: 'User' }])
  })
})

describe('functions and classes', () => {
  it('keeps what functions are', () => {
    const tree = lower("async function* f(this: X, { a }: P, b = 1, ...c: string[]): R { 'use server'; yield a }")
    expect(plain(tree.functions[1], tree)).toEqual({
      name: 'f',
      outer: 0,
      generator: true,
      directives: ['use server'],
      returns: { k: 'name', n: ['R'] },
      params: [
        { to: { k: 'objectOf', p: [{ n: 'a', to: { k: 'name', b: 'a' } }], T: { k: 'name', n: ['P'] } } },
        { to: { k: 'name', b: 'b' }, e: lit(1) },
        { to: { k: 'name', b: 'c', T: { k: 'array', e: { k: 'any' } } }, rest: true },
      ],
      body: [{ k: 'do', e: { k: 'yield', e: ref('a') } }],
    })
  })

  it('keeps members, decorators and parameter properties, and drops signatures', () => {
    const tree = lower(`@Controller('u') abstract class A<T> extends B implements C {
      static #n = 1
      @Inject() declare d: D
      constructor(private readonly db: Db, @Query() q?: string) { super(); this.#m() }
      get v(): string { return '' }
      a(): void
      a(x?: unknown) { return x }
      abstract b(): void
      #m() {}
      static { f() }
    }`)
    const [made] = tree.classes
    expect(plain(made, tree)).toMatchObject({
      name: 'A',
      outer: 0,
      extends: global('B'),
      implements: [{ k: 'name', n: ['C'] }],
      decorators: [{ k: 'call', f: global('Controller') }],
      members: [
        { n: '#n', static: true, kind: 'field', e: lit(1) },
        { n: 'd', kind: 'field', T: { k: 'name', n: ['D'] }, decorators: [{ k: 'call' }] },
        { n: 'v', kind: 'get' },
        { n: 'a', kind: 'method' },
        { n: '#m', kind: 'method' },
        { n: '', static: true, kind: 'field', e: { k: 'call', f: { k: 'fn' } } },
      ],
    })
    const constructed = tree.functions[made?.constructor_ ?? -1]
    expect(plain(constructed?.params, tree)).toMatchObject([{ field: 'db', to: { T: { n: ['Db'] } } }, { decorators: [{ k: 'call' }] }])
    expect(plain(constructed?.body, tree)).toEqual([
      { k: 'do', e: { k: 'call', f: { k: 'super' }, a: [] } },
      { k: 'do', e: { k: 'call', f: { k: 'get', o: { k: 'this' }, p: '#m' }, a: [] } },
    ])
    expect(tree.functions[0]?.own).toMatchObject([{ class: 0 }])
  })

  it('overloads leave one function and one export', () => {
    const tree = lower('export function f(a: string): void; export function f(a: number): void; export function f(a: unknown) { return a }')
    expect(tree.functions).toHaveLength(2)
    expect(plain(tree.exports, tree)).toEqual([{ name: 'f', b: 'f' }])
  })
})

describe('types', () => {
  const any = { k: 'any' }
  const named = (...n: readonly string[]) => ({ k: 'name', n })
  const cases: readonly (readonly [string, unknown])[] = [
    ['A.B<C>', { ...named('A', 'B'), a: [named('C')] }],
    ['Array<A>', { k: 'array', e: named('A') }],
    ['readonly A[]', { k: 'array', e: named('A') }],
    ['[a: A, b?: B]', { k: 'tuple', e: [named('A'), named('B')] }],
    ["'a' | 1 | null", { k: 'union', e: [lit('a'), lit(1), lit(null)] }],
    ['A | undefined', named('A')],
    ['A & B', { k: 'all', e: [named('A'), named('B')] }],
    [
      '{ a?: A; m(b: B): C; [k: string]: D }',
      {
        k: 'object',
        p: [
          { n: 'a', T: named('A'), optional: true },
          { n: 'm', T: { k: 'fn', params: [named('B')], returns: named('C') } },
        ],
        index: named('D'),
      },
    ],
    ['Record<string, A>', { k: 'object', p: [], index: named('A') }],
    ['{ [K in A]: B }', { k: 'object', p: [], index: named('B') }],
    ['(a: A) => B', { k: 'fn', params: [named('A')], returns: named('B') }],
    ["A['b']", { k: 'at', o: named('A'), i: lit('b') }],
    ['keyof typeof a.b', { k: 'keyof', e: { k: 'typeof', n: ['a', 'b'] } }],
    ["import('./x').Y", { ...named('import(./x)', 'Y'), b: 'import(./x)' }],
    ['A extends B ? C : D', any],
    ['string', any],
  ]
  it.each(cases)('%s', (text, expected) => {
    const tree = lower(`type Z = ${text}`)
    expect(plain(tree.types[0]?.T, tree)).toEqual(expected)
  })

  it('interfaces, enums and namespaces', () => {
    const tree = lower(
      "interface A<T> extends B<T> { a: T } enum E { X, Y = 5, Z, S = 's' } namespace N { export type P = 1; export const v = 2; function g() {} } const p: N.P = N.v",
    )
    expect(plain(tree.types, tree)).toEqual([
      { b: 'A', params: ['T'], T: { k: 'object', p: [{ n: 'a', T: named('T') }] }, extends: [{ ...named('B'), a: [named('T')] }] },
      { b: 'E', T: { k: 'union', e: [lit(0), lit(5), lit(6), lit('s')] } },
      { b: 'P', T: lit(1) },
    ])
    expect(plain(tree.functions[0]?.body, tree)).toMatchObject([
      { to: { b: 'E' }, e: { k: 'obj', p: [{ n: 'X', e: lit(0) }, { n: 'Y' }, { n: 'Z', e: lit(6) }, { n: 'S' }] } },
      { to: { b: 'v' } },
      { to: { b: 'N' }, e: { k: 'obj', p: [{ n: 'v', e: ref('v') }] } },
      { to: { b: 'p', T: { k: 'name', n: ['P'], b: 'P' } }, e: { k: 'get', o: ref('N'), p: 'v' } },
    ])
  })

  it('what is declared of elsewhere is left out', () => {
    expect(body("declare module 'x' { const a: 1 } declare global { var b: 1 } declare function g(): void; declare const c: C")).toEqual([
      { k: 'let', to: { k: 'name', b: 'c', T: named('C') } },
    ])
  })
})

describe('imports and exports', () => {
  it('of modules', () => {
    const tree = lower(
      "import d, { a as b, type T } from './x'; import * as ns from 'y'; import type { U } from './u'; import './effect'; import r = require('z')",
    )
    expect(plain(tree.imports, tree)).toEqual([
      { b: 'r', from: 'z', name: '*' },
      { b: 'd', from: './x', name: 'default' },
      { b: 'b', from: './x', name: 'a' },
      { b: 'T', from: './x', name: 'T', type: true },
      { b: 'ns', from: 'y', name: '*' },
      { b: 'U', from: './u', name: 'U', type: true },
    ])
    expect(tree.effects).toEqual(['./effect'])
  })

  it('exports', () => {
    const tree = lower(
      "export const { a, b: [c] } = x; const d = 1; export { d as e, d as 'f-g' }; export { h as i, default } from './x'; export * from './y'; export * as ns from './z'; export default d",
    )
    expect(plain(tree.exports, tree)).toEqual([
      { name: 'a', b: 'a' },
      { name: 'c', b: 'c' },
      { name: 'e', b: 'd' },
      { name: 'f-g', b: 'd' },
      { name: 'i', from: './x', import: 'h' },
      { name: 'default', from: './x', import: 'default' },
      { name: '*', from: './y' },
      { name: 'ns', from: './z', import: '*' },
    ])
  })

  it.each([
    ['export default function f() {}', { name: 'default', b: 'f' }],
    ['export default function () {}', { name: 'default', e: { k: 'fn', i: 1 } }],
    ['export default class A {}', { name: 'default', b: 'A' }],
    ['export default { a: 1 } satisfies X', { name: 'default', e: { k: 'cast' } }],
    ['export = f', { name: 'default', e: f }],
  ])('%s', (text, expected) => {
    const tree = lower(text)
    expect(plain(tree.exports, tree)).toMatchObject([expected])
  })

  it('of CommonJS', () => {
    const tree = lower(
      "const a = 1; exports.b = exports.c = void 0; exports.b = () => 1; module.exports.c = a; module.exports = { a, d: f(), ...require('./e') }",
      'a.cjs',
    )
    expect(plain(tree.exports, tree)).toEqual([
      { name: 'b', b: 'b' },
      { name: 'c', b: 'a' },
      { name: 'a', b: 'a' },
      { name: 'd', b: 'd' },
      { name: '*', from: './e' },
      { name: 'default', b: 'default' },
    ])
    expect(tree.functions[1]?.name).toBe('b')
  })

  it('of CommonJS again: one of another’s, and names that are the file’s own', () => {
    expect(lower("module.exports = require('./a')", 'a.js').exports).toMatchObject([{ name: '*', from: './a' }, { name: 'default' }])
    expect(lower('const module = { exports: {} }; module.exports = 1', 'a.js').exports).toEqual([])
  })
})

describe('odd files', () => {
  it('that do not parse say so, with the line', () => {
    expect(lower('const a = 1\nconst = 2').broken).toMatchObject({ at: 2 })
  })

  it('that are nested too deeply say so', () => {
    expect(lower(`x = ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'a.js').broken).toBeDefined()
    expect(lower(`${'else if (a) {} '.repeat(2000)}`).broken).toBeDefined()
    expect(lower('').broken).toBeUndefined()
  })

  it('JavaScript with JSX, with types, and as a script', () => {
    expect(lower('const a = <div>{b}</div>', 'a.js').broken).toBeUndefined()
    expect(lower('const a: string = b as string', 'a.js').broken).toBeUndefined()
    expect(lower('if (a) return\nconst await = 1', 'a.js').broken).toBeUndefined()
    expect(lower('const a = <T>b', 'a.ts').broken).toBeUndefined()
  })

  it.each([
    ['a.vue', '<template>\n<a :b="c > 1"/></template>\n<script setup lang="ts">\nconst a: A = 1\n</script>', 4],
    ['a.svelte', '<script module>\nexport const a = 1\n</script>\n<p>{a}</p>', 2],
    ['a.astro', '---\nconst a = 1\n---\n<p>---</p>', 2],
  ])('%s keeps its lines', (path, text, line) => {
    const tree = lower(text, path)
    expect(tree.broken).toBeUndefined()
    expect(tree.functions[0]?.body).toMatchObject([{ k: 'let', at: line }])
  })

  it('a page of Astro is the body of a function, and renders its components', () => {
    const tree = lower(`---\nif (!a) return Astro.redirect('/')\n---\n<Layout>\n<Card a="{b < C}" /></Layout>\n<script>\nconst d = 1\n</script>`, 'a.astro')
    expect(tree.broken).toBeUndefined()
    expect(tree.functions[0]?.body.map(({ k, at }) => `${k} ${at}`)).toEqual(['do 2', 'return 2', 'do 4', 'do 5', 'let 7'])
    expect(lower('if (a) return', 'a.ts').broken).toBeDefined()
  })
})

describe('this project', () => {
  const root = join(import.meta.dirname, '../../..')
  const sources = ['src', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).flatMap((path) =>
      /\.tsx?$/.test(path) && !path.includes('node_modules') ? [join(root, folder, path)] : [],
    ),
  )

  /** Lines on which something is `other`. */
  const othersIn = (value: unknown, found: number[] = []): readonly number[] => {
    if (typeof value !== 'object' || value === null) return found
    const { k, at } = value as { readonly k?: unknown; readonly at?: unknown }
    if (k === 'other') found.push(Number(at))
    for (const inner of Object.values(value)) othersIn(inner, found)
    return found
  }

  const meant = /[!~,/-]|\+\+|typeof|void|delete|undefined|import\.meta|import\(|\dn\b|yield/

  it('lowers as a whole: nothing is broken, and nothing is `other` but what is meant to be', () => {
    expect(sources.length).toBeGreaterThan(300)
    for (const path of sources) {
      const text = readFileSync(path, 'utf8')
      const tree = lower(text, path)
      expect(tree.broken, path).toBeUndefined()
      const lines = text.split('\n')
      const surprising = othersIn(tree).filter((at) => !meant.test(lines[at - 1] ?? ''))
      expect(surprising, path).toEqual([])
    }
  })
})
