/**
 * Makes two branches of migrations with drizzle-kit 1.0 and asks its check about both together; test/support/collision-kit.ts starts it, sends the questions and gets the answers.
 * It runs the functions behind `drizzle-kit generate` and `drizzle-kit check`, in the directory where that is installed: `ask-kit.mjs DIRECTORY`.
 */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [directory] = process.argv.slice(2)
process.chdir(directory)
const { check, generate } = await import(pathToFileURL(createRequire(join(directory, 'package.json')).resolve('drizzle-kit/cli')).href)

/** Whether something new is something old renamed: as the scenario says. That rows may be lost: yes. */
const answered =
  (renames) =>
  ({ type, kind, entity }) => {
    if (type !== 'rename_or_create') return { type, kind, entity }
    const rename = renames.find((each) => each.kind === kind && String(each.to) === String(entity))
    return rename ? { type: 'rename', ...rename } : { type: 'create', kind, entity }
  }

/** One migration more in the folder `out`. */
const migrate = async (out, place, name, { schema, sql, renames = [] }, former) => {
  const file = join(place, `${name}.ts`)
  writeFileSync(file, schema ?? former)
  const request = { dialect: 'postgresql', schema: `./${file}`, out: `./${out}`, name, ...(sql === undefined ? {} : { custom: true }) }
  let answer = await generate(request)
  if (answer.status === 'missing_hints') answer = await generate({ ...request, hints: answer.unresolved.map(answered(renames)) })
  if (answer.status !== 'ok') throw new Error(`${name}: ${JSON.stringify(answer).slice(0, 300)}`)
  if (sql !== undefined) writeFileSync(answer.migration_path, sql.replaceAll(/;\s+(?=CREATE|ALTER|INSERT|DROP)/g, ';\n--> statement-breakpoint\n'))
  return schema ?? former
}

const ask = async ({ name, base, a, b }, number) => {
  const place = `q${number}`
  mkdirSync(place)
  const common = join(place, 'base')
  const schema = await migrate(common, place, 'base', base, 'export {}\n')
  for (const [branch, side] of Object.entries({ a, b })) {
    cpSync(common, join(place, branch), { recursive: true })
    await migrate(join(place, branch), place, branch, side, schema)
  }
  const merged = join(place, 'merged')
  for (const branch of ['a', 'b']) cpSync(join(place, branch), merged, { recursive: true })
  if (readdirSync(merged).length !== 3) throw new Error(`${name}: ${readdirSync(merged)}`)
  const answer = await check({ dialect: 'postgresql', out: `./${merged}` })
  const custom = [a, b].filter(({ sql }) => sql !== undefined).length
  if (answer.status === 'ok') return { verdict: 'ok', custom }
  const detail = JSON.stringify(answer)
  return { verdict: /conflict|commutativ/i.test(detail) ? 'conflict' : 'error', custom, detail: detail.slice(0, 300) }
}

process.once('message', async (questions) => {
  const answers = []
  for (const [number, question] of questions.entries())
    answers.push(await ask(question, number).catch((error) => ({ verdict: 'error', custom: 0, detail: String(error?.message ?? error) })))
  process.send(answers, () => process.exit(0))
})
