import { loadSql } from '../src/sql/parser.ts'
import { mergeCases, sidesOfCase, questionOf } from '../test/support/merge-cases.ts'
import { resolution } from '../src/features/collision/resolution.ts'
await loadSql()
const count: Record<string, number> = {}
for (const c of mergeCases('/tmp/merges')) {
  try {
    const { base, ours, theirs } = sidesOfCase(c, '/work/shared/corpus')
    const q = questionOf(base, theirs, ours)
    const r = resolution(q)
    const kind = r.stops.length ? 'stop ' + [...new Set(r.stops.map(s => s.class))].join() : r.commutation.verdict
    count[kind] = (count[kind] ?? 0) + 1
    console.log(c.name, `L${q.sides.landed.length} M${q.sides.mine.length}`, kind, r.stops.slice(0,3).map(s => s.key + ' :: ' + s.explanation.slice(0, 200)).join('\n    '), r.rewrites.length ? 'REW ' + r.rewrites.map(x => x.conflict.class) : '', r.commutation.unknown.slice(0,2).map(u => 'UNK ' + u.what + ' ' + u.why.slice(0,150)).join(' ; '), r.rebase?.moves.filter(m=>m.clashes.length).map(m => 'CLASH ' + JSON.stringify(m.clashes.map(c=>c.path.join('/'))).slice(0,200)).join() ?? '', r.rebase?.moves.filter(m=>m.unmerged).map(m => m.unmerged).join() ?? '')
  } catch (e) { console.log(c.name, 'ERROR', e instanceof Error ? e.stack?.split('\n').slice(0,3).join(' ') : e); count.error = (count.error ?? 0) + 1 }
}
console.log(count)
