/**
 * Of what a run of `lint` consists, in processor time: a copy of dist/ in which the program looks at its own processor time at each border between two parts. It looks some thirty
 * times, and around each call of the parser, so what it adds is small; the parts of one run sum to the whole of it, by what they are.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Milliseconds at each border, and what was spent inside of calls until then. */
type Mark = { readonly part: string; readonly at: number; readonly inside: Readonly<Record<string, number>> }

/** The parts, in the order in which they are shown. What is Node's, V8's or PostgreSQL's comes first, what is ours follows. */
export const partNames: Readonly<Record<string, string>> = {
  begun: 'Node, until our first line',
  ended: 'Node, the end of the process',
  instance: 'the parser’s WebAssembly: compiled, instantiated',
  grammar: 'its first call: V8 compiles the grammar',
  parser: 'PostgreSQL’s parser, its other calls',
  trees: 'its trees: text out of the memory, JSON parsed',
  door: 'our door, and Node’s modules that it needs',
  code: 'our code: its bytecode taken up, its modules run',
  folder: 'folder, configuration, what is kept: read',
  statements: 'statements with their places, out of the trees',
  start: 'what the history takes for granted',
  replay: 'replay: the catalogs',
  kept: 'the landed catalog kept',
  rules: 'rules',
  report: 'report, kept for the next time',
}

/** What the instrumented program begins with. The first call of the parser is a part of its own: V8 compiles the grammar's one big function then. */
const prelude = `
globalThis.__parts = { marks: [], inside: { grammar: 0, parser: 0, trees: 0 }, parsed: false };
globalThis.__now = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 };
globalThis.__ends = (part) => { __parts.marks.push({ part, at: __now(), inside: { ...__parts.inside } }) };
globalThis.__inside = (name, work, ...given) => {
  const begun = __now();
  try { return work(...given) } finally {
    const first = name === 'parser' && !__parts.parsed;
    if (first) __parts.parsed = true;
    __parts.inside[first ? 'grammar' : name] += __now() - begun;
  }
};
__ends('begun');
process.on('exit', () => { __ends('report'); require('node:fs').writeFileSync(process.env.PROFILE_PARTS, JSON.stringify(__parts.marks)) });
`

/** A border: what stands there in the bundle, and the part that ends before it (or behind it). */
type Border = { readonly part: string; readonly file: 'start' | 'body'; readonly at: RegExp; readonly behind?: true }

const borders: readonly Border[] = [
  { part: 'door', file: 'start', at: /setFlags\(\);\n/, behind: true },
  { part: 'code', file: 'start', at: /const before\w* = script\.cachedDataRejected/ },
  { part: 'code', file: 'body', at: /const recovered\w*\s*=\s*await recoverWrites\w*\(/ },
  { part: 'folder', file: 'body', at: /const\s*\{\s*judgeProject:\s*judgeProject\w*\s*\}\s*=\s*await/ },
  { part: 'code', file: 'body', at: /const judgement\w*\s*=\s*await judgeProject\w*\(/ },
  { part: 'instance', file: 'body', at: /const subject\w*\s*=\s*await subjectOnBase\w*\(/ },
  { part: 'folder', file: 'body', at: /if\s*\(!base\w*\)\s*return void 0;\s*const own\w*\s*=\s*history/ },
  { part: 'statements', file: 'body', at: /if\s*\(!holdsFor\w*\(base/ },
  { part: 'replay', file: 'body', at: /if\s*\(!replayed\w*\.steps\.every\(wholly/ },
  { part: 'statements', file: 'body', at: /const before\w*\s*=\s*await pendingSections\w*\([^()]*\);\s*const start/ },
  { part: 'start', file: 'body', at: /const replayed\w*\s*=\s*replayWith\w*\(/ },
  { part: 'replay', file: 'body', at: /await keepLanded\w*\(world/ },
  { part: 'kept', file: 'body', at: /return judgementOf\w*\(\s*await lintSubject\w*\(/ },
  { part: 'rules', file: 'body', at: /const exit\w*\s*=\s*exitCodeOf\w*\(/ },
]

/** Calls that are measured by themselves: their time is taken out of the part in which they stand. */
const calls: readonly (readonly [at: RegExp, instead: string])[] = [
  [/wasm\._wasm_parse_query_raw\(/, "__inside('parser', wasm._wasm_parse_query_raw, "],
  [/wasm\._wasm_parse_plpgsql\(/, "__inside('parser', wasm._wasm_parse_plpgsql, "],
  [/return\s*(textAt\w*)\(\s*(wordAt\w*\(result\w*\))\)/, "return __inside('trees', $1, $2)"],
  [/JSON\.parse\((json\w*)\.\s*replace\(\s*positions\w*,\s*""\)\)/, "__inside('trees', (text) => JSON.parse(text.replace(positions, '')), $1)"],
]

const changed = (text: string, at: RegExp, instead: (found: string) => string, file: string): string => {
  const found = at.exec(text)
  if (!found) throw new Error(`bench/lint-profile.ts: ${at} is not in ${file} any more`)
  return text.slice(0, found.index) + instead(found[0]) + text.slice(found.index + found[0].length)
}

/** Makes the instrumented copy below a directory; answers its program. */
export const instrumented = (directory: string): string => {
  const dist = join(directory, 'dist')
  mkdirSync(directory)
  cpSync('dist', dist, { recursive: true })
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
  const edit = (name: string, work: (text: string) => string): void => writeFileSync(join(dist, name), work(readFileSync(join(dist, name), 'utf8')))
  edit('cli.cjs', (text) => changed(text, /^"use strict";$/m, (found) => found + prelude, 'cli.cjs'))
  for (const file of ['start', 'body'] as const)
    edit(`${file}.cjs`, (text) => {
      const marked = borders
        .filter((border) => border.file === file)
        .reduce((all, { part, at, behind }) => {
          const mark = `__ends('${part}');`
          return changed(all, at, (found) => (behind ? found + mark : mark + found), file)
        }, text)
      return file === 'start' ? marked : calls.reduce((all, [at, instead]) => changed(all, at, (found) => found.replace(at, instead), file), marked)
    })
  return join(dist, 'cli.cjs')
}

/** The parts of one run, whose whole is measured from outside: what is missing is the process's end. */
export const partsOf = (file: string, run: () => number): ReadonlyMap<string, number> => {
  const whole = run()
  const marks = JSON.parse(readFileSync(file, 'utf8')) as readonly Mark[]
  const parts = new Map<string, number>()
  const add = (part: string, time: number): void => void parts.set(part, (parts.get(part) ?? 0) + time)
  let before: Mark = { part: '', at: 0, inside: {} }
  for (const mark of marks) {
    let own = mark.at - before.at
    for (const [name, time] of Object.entries(mark.inside)) {
      const spent = time - (before.inside[name] ?? 0)
      if (spent === 0) continue
      add(name, spent)
      own -= spent
    }
    add(mark.part, own)
    before = mark
  }
  add('ended', whole - before.at)
  return parts
}
