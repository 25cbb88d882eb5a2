/** Times of a journal in its own order, each in a second of its own, with as few of them moved as can be. */
import { secondOf } from '../../drizzle/ledger.ts'

/**
 * Which entries keep their time: the longest run in which between any two there are enough seconds for those in between. Of several the latest entries: a database
 * stands at the last that it has run, and where that one keeps its time Drizzle runs nothing again.
 */
const kept = (seconds: readonly number[]): readonly number[] => {
  const slack = seconds.map((at, position) => at - position)
  const lengths: number[] = []
  slack.forEach((value, at) => {
    lengths.push(1 + Math.max(0, ...slack.slice(0, at).flatMap((before, position) => (before <= value ? [lengths[position] ?? 0] : []))))
  })
  const chain: number[] = []
  let wanted = Math.max(0, ...lengths)
  for (let at = slack.length - 1; at >= 0 && wanted > 0; at--) {
    const next = chain[0]
    if (lengths[at] !== wanted || (next !== undefined && (slack[at] ?? 0) > (slack[next] ?? 0))) continue
    chain.unshift(at)
    wanted--
  }
  return chain
}

/** The journal's times as they should be: distinct seconds that rise. Those that move end as near as can be to where they were, at no time that any entry had. */
export const mendedTimes = (whens: readonly number[]): readonly number[] => {
  const [seconds, old] = [whens.map(secondOf), new Set(whens)]
  const keeps = new Set(kept(seconds))
  const times: number[] = []
  whens.forEach((when, at) => {
    const before = times[at - 1]
    if (keeps.has(at)) {
      times.push(when)
      return
    }
    const next = whens.findIndex((_, position) => position > at && keeps.has(position))
    const lowest = before === undefined ? Number.NEGATIVE_INFINITY : secondOf(before) + 1
    const highest = next < 0 ? Number.POSITIVE_INFINITY : (seconds[next] ?? 0) - (next - at)
    const nearest = Math.min(Math.max(seconds[at] ?? 0, lowest), highest)
    if (nearest === seconds[at]) {
      times.push(when)
      return
    }
    let time = nearest * 1000 + (when % 1000)
    // A time that another row had could not be told from it when the ledger is changed twice.
    while (old.has(time)) time++
    times.push(time)
  })
  return times
}
