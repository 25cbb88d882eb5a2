/** What the lock says beside the folder that it is about. */
import { type Lock, lockHash, lockPath, readLock } from '../drizzle/lock.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { below } from '../model/path.ts'
import { reportedFinding } from '../rules/report.ts'

type Hash = (text: string) => string

const behind = (folder: string, line: number, message: string, object: string): Finding =>
  reportedFinding('lock-behind', message, { file: below(folder, lockPath), line }, object)

const edited = ({ folder, migrations }: History, { lines }: Lock, hash: Hash): readonly Finding[] => {
  const locked = new Map(lines.map((each) => [each.tag, each]))
  return migrations.flatMap(({ tag, path, sql }): readonly Finding[] => {
    const known = locked.get(tag)
    if (!known || sql === undefined || lockHash(hash, sql) === known.hash) return []
    const message = `${tag} has another text than ${lockPath}:${known.line} holds.`
    return [reportedFinding('lock-edited', message, { file: below(folder, path), line: 1 }, tag)]
  })
}

/** The tags that are in both, in the order of the first. */
const shared = (a: readonly string[], b: readonly string[]): string => a.filter((tag) => b.includes(tag)).join('\n')

/** Findings of `lock-edited` and `lock-behind`; none where they agree. Without a `migration`: they are about what stands in the lock now, and are never old. */
export const judgeLock = (history: History, text: string, hash: Hash): readonly Finding[] => {
  const { folder, migrations } = history
  const lock = readLock(text, hash)
  const [tags, locked] = [migrations.map(({ tag }) => tag), lock.lines.map(({ tag }) => tag)]
  if (lock.broken !== undefined)
    return [
      ...edited(history, lock, hash),
      behind(folder, lock.broken, `${lockPath} is no whole lock: line ${lock.broken} does not follow from those before it.`, 'broken'),
    ]
  const missing = tags.filter((tag) => !locked.includes(tag))
  const gone = lock.lines.filter(({ tag }) => !tags.includes(tag))
  const end = (lock.lines.at(-1)?.line ?? 0) + 1
  return [
    ...edited(history, lock, hash),
    ...gone.map(({ tag, line }) => behind(folder, line, `${tag} is in ${lockPath} and not in the folder.`, tag)),
    ...(missing.length > 0 ? [behind(folder, end, `${lockPath} does not know ${missing.join(', ')}.`, missing.join(' '))] : []),
    ...(shared(tags, locked) === shared(locked, tags)
      ? []
      : [behind(folder, end, `${lockPath} has the migrations in another order than they run in.`, 'order')]),
  ]
}
