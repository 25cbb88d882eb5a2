/** Sources as the command line writes them. */
import type { Config } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { SourceRef } from '../model/source.ts'

const forms =
  'an environment of the config, ENVIRONMENT/TENANT, a postgres:// URL, folder, folder@TAG, a path, git:REF, schema, a .sql file or a snapshot .json'

const invalid = (text: string, why: string): ToolError => new ToolError('invalid-source', `${why}: ${JSON.stringify(text)}.`, { help: `A source is ${forms}.` })

/** The tag after the last `@` of a path's last part; an `@` that begins a directory's name (`@scope`) is none. */
const splitTag = (text: string): { readonly path: string; readonly upTo?: string } => {
  const at = text.lastIndexOf('@')
  const inLastPart = at > Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1
  return inLastPart ? { path: text.slice(0, at), upTo: text.slice(at + 1) } : { path: text }
}

const folderSource = (text: string): SourceRef => {
  const { path, upTo } = splitTag(text)
  if (upTo === '') throw invalid(text, 'There is no tag after the @')
  return { type: 'folder', ...(path === 'folder' ? {} : { path }), ...(upTo === undefined ? {} : { upTo }) }
}

/** `production/acme`: a tenant of an environment that has tenants. */
const tenantSource = (text: string, { environments = {} }: Pick<Config, 'environments'>): SourceRef | undefined => {
  const at = text.indexOf('/')
  const [name, tenant] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)]
  return tenant !== '' && Object.hasOwn(environments, name) && environments[name]?.tenants ? { type: 'environment', name, tenant } : undefined
}

const code = /[.][cm]?[jt]sx?$/i

/**
 * Reads a source: pure, so nothing is looked up but the config's environments. A word that is no environment is a path to a migrations folder.
 * Throws `invalid-source`.
 */
export const parseSource = (text: string, config: Pick<Config, 'environments'> = {}): SourceRef => {
  if (text.trim() === '') throw invalid(text, 'A source is empty')
  if (/^postgres(ql)?:\/\//i.test(text)) return { type: 'url', url: text }
  // Any other URL may hold a password: it is not repeated.
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) throw new ToolError('invalid-source', 'Only postgres:// URLs can be read.', { help: `A source is ${forms}.` })
  if (text === 'schema') return { type: 'schema' }
  if (text === 'folder' || text.startsWith('folder@')) return folderSource(text)
  if (Object.hasOwn(config.environments ?? {}, text)) return { type: 'environment', name: text }
  const tenant = tenantSource(text, config)
  if (tenant) return tenant
  if (text.startsWith('git:')) {
    if (text === 'git:') throw invalid(text, 'There is no ref after git:')
    return { type: 'git', ref: text.slice(4) }
  }
  if (/[.]sql$/i.test(text)) return { type: 'sql', path: text }
  if (/[.]json$/i.test(text)) return { type: 'snapshot', path: text }
  if (code.test(text)) return { type: 'schema', path: text }
  return folderSource(text)
}

/** A source as it may be shown: of a URL only what is no secret. */
export const displaySource = (source: SourceRef): string => {
  switch (source.type) {
    case 'environment':
      return source.tenant === undefined ? source.name : `${source.name}/${source.tenant}`
    case 'url':
      return 'the database of the given URL'
    case 'git':
      return `git:${source.ref}`
    case 'folder':
      return `${source.path ?? 'folder'}${source.upTo === undefined ? '' : `@${source.upTo}`}`
    case 'schema':
      return source.path ?? 'schema'
    case 'sql':
    case 'snapshot':
      return source.path
  }
}
