/** Runs a Drizzle config in a process of its own, only when asked to: it is the user's code. */
import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { type ConfigValues, readKeys } from '../../drizzle/config.ts'
import { ToolError } from '../../model/error.ts'

/** The child's program: native import, then jiti; it prints only the members of interest, never credentials. */
const program = `
const [file, jitiUrl, keys] = process.argv.slice(1)
const load = async () => {
  try { return await import(file) } catch (first) {
    try {
      const { createJiti } = await import(jitiUrl)
      return await createJiti(file, { moduleCache: false, fsCache: false }).import(file)
    } catch (second) { throw first.code === 'ERR_UNKNOWN_FILE_EXTENSION' ? second : first }
  }
}
const unwrap = (value) => (value && typeof value === 'object' && 'default' in value ? unwrap(value.default) : value)
const value = unwrap(await load())
const list = (Array.isArray(value) ? value : [value]).map((one) => Object.fromEntries(keys.split(',').filter((key) => key in Object(one)).map((key) => [key, one[key]])))
process.send(JSON.stringify(list))
`

const isList = (value: unknown): value is readonly ConfigValues[] => Array.isArray(value)

/** The configs that a file exports. `cwd` is where drizzle-kit is run. Throws `config-unreadable` with the file's own error. */
export const readByRunning = (file: string, cwd: string): Promise<readonly ConfigValues[]> =>
  new Promise((done, fail) => {
    const parameters = ['--input-type=module', '-e', program, '--', pathToFileURL(file).href, import.meta.resolve('jiti'), readKeys.join(',')]
    const child = spawn(process.execPath, parameters, { cwd, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    const errors: Buffer[] = []
    let answer: unknown
    child.stderr?.on('data', (part: Buffer) => errors.push(part))
    child.on('message', (message) => (answer = JSON.parse(String(message))))
    child.on('error', fail)
    child.on('close', () => {
      if (isList(answer)) return done(answer)
      const reason =
        Buffer.concat(errors)
          .toString('utf8')
          .split('\n')
          .find((line) => /Error\b/.test(line)) ?? 'it exports nothing'
      fail(
        new ToolError('config-unreadable', `${file} could not be run: ${reason.trim()}`, {
          help: 'Give it the variables that it wants (--env-file), or let it be read without running it.',
        }),
      )
    })
  })
