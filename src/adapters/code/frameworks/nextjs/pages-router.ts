/** The pages router: pages with their data, and handlers below `pages/api`. */
import { type FileScope, native, type Value } from '../../value.ts'
import { walkCode } from '../../walk.ts'
import { type Enter, type Exports, verbs } from '../common/enter.ts'
import { pageUrl, unknowns } from '../common/module.ts'
import { together } from './enter.ts'

/** The methods that a handler of the pages router compares `req.method` with, found in its file's tree. */
const methodsIn = ({ tree, notice }: FileScope): ReadonlySet<string> => {
  notice.isRead = true
  const found = new Set<string>()
  walkCode(tree, (node) => {
    const [side, others] = node.k === 'binary' ? [node.l, node.r] : [node.e, node.cases]
    for (const method of isMethod(side) ? methodLiterals(others) : []) found.add(method)
    return undefined
  })
  return found
}
const isMethod = (node: unknown): boolean => typeof node === 'object' && node !== null && 'k' in node && node.k === 'get' && 'p' in node && node.p === 'method'
const methodLiterals = (nodes: unknown): readonly string[] =>
  [nodes].flat().flatMap((node) => {
    const value: unknown = typeof node === 'object' && node !== null && 'v' in node ? node.v : undefined
    return typeof value === 'string' && verbs.includes(value) ? [value] : []
  })

/** `POST /api/x` where the handler looks for one method only, `ALL /api/x` otherwise. */
const apiRoute =
  (url: string): Enter =>
  (exports, at) => {
    const handler = exports.get('default')
    const methods = handler?.kind === 'function' ? methodsIn(handler.scope.file) : []
    const [method = 'ALL', second] = methods
    together(`${second === undefined ? method : 'ALL'} ${url}`, 'route', ['default'])(exports, at)
  }

const dataOf = ['getServerSideProps', 'getStaticProps']

/** A page of the pages router with the properties that `getServerSideProps` or `getStaticProps` answers. */
const withData = (exports: Exports): Value | undefined => {
  const [page, data] = [exports.get('default'), dataOf.flatMap((name) => exports.get(name) ?? [])[0]]
  if (!page || !data) return undefined
  return native('page', (site) => {
    const { machine } = site
    const answer = machine.awaited(machine.invoke(data, unknowns, site), site)
    return machine.invoke(page, [machine.get(answer, 'props', site)], site)
  })
}

const pagesPage = (url: string): Enter => together(`page ${url}`, 'page', ['getStaticPaths', ...dataOf, 'default'], { instead: withData, browser: true })

export const pagesFile = (segments: readonly string[]): Enter => (segments[0] === 'api' ? apiRoute(pageUrl(segments)) : pagesPage(pageUrl(segments)))
