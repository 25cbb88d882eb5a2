/** The app router: what a file below `app` is, by its name and directories. */
import { type Enter, verbs } from '../common/enter.ts'
import { each, together } from './enter.ts'

/**
 * The URL of a directory of the app router. Route groups and slots are not part of it; an intercepting route shows another route's URL: `(.)x` stands beside
 * it, `(..)x` one level below, `(...)x` at the top.
 */
const urlOf = (directories: readonly string[]): string => {
  let segments: readonly string[] = []
  for (const directory of directories) {
    const [, up = '', rest = directory] = /^((?:\(\.{1,3}\))+)(.+)$/.exec(directory) ?? []
    if (up === '(...)') segments = [rest]
    else if (up !== '') segments = [...segments.slice(0, Math.max(0, segments.length - up.split('(..)').length + 1)), rest]
    else if (!/^\(.*\)$|^@/.test(directory)) segments = [...segments, rest]
  }
  return '/' + segments.join('/')
}

/** What `generateStaticParams` and `generateMetadata` read, the page reads. */
const around = ['generateStaticParams', 'generateMetadata', 'generateViewport']

const join = (url: string, name: string): string => (url === '/' ? `/${name}` : `${url}/${name}`)

const metadata: Readonly<Record<string, string>> = { sitemap: 'sitemap.xml', robots: 'robots.txt', manifest: 'manifest.webmanifest' }

/** What a file of the app router is, by its name. */
const namedFile = (name: string, url: string): Enter | undefined => {
  if (name === 'route')
    return each(
      'route',
      (verb) => verbs.includes(verb),
      (verb) => `${verb} ${url}`,
    )
  if (['page', 'layout', 'template', 'default', 'not-found', 'loading'].includes(name)) return together(`${name} ${url}`, 'page', [...around, 'default'])
  if (/^(sitemap|robots|manifest|opengraph-image|twitter-image|icon\d*|apple-icon\d*)$/.test(name))
    return together(`GET ${join(url, metadata[name] ?? name)}`, 'route', ['generateSitemaps', 'generateImageMetadata', 'default'])
  return undefined
}

/** A file by its directories and name below `app`; folders that begin with `_` are private. */
export const appFile = (segments: readonly string[]): Enter | undefined =>
  segments.some((segment) => segment.startsWith('_')) ? undefined : namedFile(segments.at(-1) ?? '', urlOf(segments.slice(0, -1)))
