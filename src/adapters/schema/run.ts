/** The process in which a schema's code and drizzle-kit run: nothing of them runs in ours. */
import { spawn } from 'node:child_process'
import type { Json } from '../../model/json.ts'

export type Task = {
  /** Absolute, in the order in which they are loaded. */
  readonly files: readonly string[]
  /** drizzle-kit's module. */
  readonly api: string
  readonly schemas?: readonly string[]
  readonly casing?: string
  /** A snapshot's text: what changes after it, instead of everything. Of drizzle-kit 0.x only. */
  readonly since?: string
  /** Instead of all that, 1.0's own `generate`. */
  readonly generate?: {
    readonly module: string
    /** The schema's files, as the globs that it takes. */
    readonly schema: readonly string[]
    /** The folder that it reads, and writes into. */
    readonly out: string
  }
}

export type Limits = {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly patience: number
}

/** What the process told, the last of each. */
export type Told = {
  /** The file that is loaded; empty when all are, and drizzle-kit works. */
  readonly at?: string
  readonly statements?: readonly string[]
  /** What `generate` answered. */
  readonly answer?: Json
  readonly twice?: readonly string[]
  readonly error?: { readonly message: string; readonly stack: string }
}

export type Outcome = Told & {
  readonly code: number | null
  readonly timedOut: boolean
  /** The end of what was printed. */
  readonly output: string
}

/**
 * The child's program. jiti reads TypeScript on every Node, with the paths of tsconfig.json, and writes no cache. Tables are told apart by Drizzle's own symbols,
 * since the project's drizzle-orm is not ours to import; drizzle-kit takes exports of any name.
 */
const program = `
import { createRequire } from 'node:module'
const { jiti: jitiUrl, files, api, schemas, casing, since, generate } = JSON.parse(process.argv[1])
const tell = (message) => new Promise((done) => process.send(message, done))
const symbol = (name) => Symbol.for('drizzle:' + name)
const tableName = (value) => {
  if (typeof value !== 'object' || value === null || !value[symbol('IsDrizzleTable')]) return []
  const schema = value[symbol('Schema')]
  return [(schema ? schema + '.' : '') + value[symbol('Name')]]
}
// drizzle-kit brought some sections later, and fails without them.
const completed = (snapshot) => ({
  sequences: {}, roles: {}, policies: {}, views: {}, ...snapshot,
  tables: Object.fromEntries(Object.entries(snapshot.tables ?? {}).map(([key, table]) => [key, { policies: {}, checkConstraints: {}, isRLSEnabled: false, ...table }])),
})
const exportsOf = (module) => {
  const given = Object.values(module)
  const plain = module.default && Object.getPrototypeOf(module.default) === Object.prototype ? Object.values(module.default) : []
  return [...given, ...plain]
}
try {
  const { createJiti } = await import(jitiUrl)
  const jiti = createJiti(files[0], { fsCache: false, jsx: true, tsconfigPaths: true })
  const values = new Set()
  for (const file of files) {
    await tell({ at: file })
    for (const value of exportsOf(await jiti.import(file))) values.add(value)
  }
  await tell({ at: '' })
  const names = [...values].flatMap(tableName)
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
  if (twice.length > 0) await tell({ twice })
  else if (generate) {
    const { module, ...options } = generate
    await tell({ answer: await createRequire(module)(module).generate({ dialect: 'postgresql', name: 'schema', ...options }) })
  } else {
    const kit = createRequire(api)(api)
    const [before, after] = [since === undefined ? await kit.generateDrizzleJson({}) : completed(JSON.parse(since)), await kit.generateDrizzleJson(Object.fromEntries([...values].entries()), undefined, schemas, casing)]
    await tell({ statements: await kit.generateMigration(before, after) })
  }
  process.exit(0)
} catch (error) {
  await tell({ error: { message: String(error?.message ?? error), stack: String(error?.stack ?? '') } })
  process.exit(1)
}
`

const kept = 64 * 1024

const isTold = (message: unknown): message is Told => typeof message === 'object' && message !== null

/** Runs the task to its end, or until patience ends. Nothing can be asked: standard input is closed. */
export const runSchema = (task: Task, { cwd, env, signal, patience }: Limits): Promise<Outcome> =>
  new Promise((done, fail) => {
    const given = JSON.stringify({ ...task, jiti: import.meta.resolve('jiti') })
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', given], {
      cwd,
      // drizzle-kit's `generate` has a jiti of its own, which would write its cache into the project.
      env: { ...env, JITI_FS_CACHE: 'false' },
      signal,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let told: Told = {}
    let output = ''
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, patience)
    const keep = (part: Buffer): void => {
      output = (output + part.toString('utf8')).slice(-kept)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('message', (message) => {
      if (isTold(message)) told = { ...told, ...message }
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      fail(error)
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      done({ ...told, code, timedOut, output })
    })
  })
