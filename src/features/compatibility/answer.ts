/** Which version an app says that it is. */
import { isObject, type Json, parsedJson } from '../../model/json.ts'

/** Where health endpoints have it, the surest first. */
const usualKeys = ['sha', 'commit', 'gitSha', 'gitCommit', 'git', 'revision', 'id', 'build', 'version']

const found = (value: Json | undefined): string | undefined => {
  if (typeof value === 'string') return value
  if (!isObject(value)) return undefined
  for (const key of usualKeys) {
    const inner = Object.hasOwn(value, key) ? found(value[key]) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

const at = (value: Json | undefined, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value)

/** What can name a commit or a tag. A longer or stranger text is no version, and may be a secret. */
const isVersion = (text: string): boolean => /^[0-9A-Za-z][\w.+/-]{0,99}$/.test(text)

/** What may stand around a version. An address or a password is not looked into: no part of it may come out. */
const isPlain = (text: string): boolean => /^[\w.+/@ -]{1,200}$/.test(text)

/** The version that a text is, or what stands behind its last `@`: `api@1f2e3d4`, `@acme/api@2.1.0`. */
export const versionOf = (text: string): string | undefined => {
  const version = isPlain(text) ? text.slice(text.lastIndexOf('@') + 1) : ''
  return isVersion(version) ? version : undefined
}

/** The version in an app's answer: the answer itself, or what stands at `path` of its JSON, or where health endpoints usually have it. Undefined where there is none. */
export const versionIn = (answer: string, path?: string): string | undefined => {
  const text = answer.trim()
  // A commit that is all digits would be a number.
  const json = /^\d+$/.test(text) ? undefined : parsedJson(text)
  const said = json === undefined && path === undefined ? text : path === undefined ? found(json) : found(at(json, path))
  return versionOf(said?.trim() ?? '')
}

/** How an answered version may be looked for: as a tag, or as a commit. A number of a build is an abbreviated hash by chance, and a branch is somebody's own. */
export const namesOf = (version: string): { readonly tags: readonly string[]; readonly commit: string | undefined } => ({
  tags: [`refs/tags/${version}`, `refs/tags/v${version}`],
  commit: (/^[0-9a-f]{7,64}$/.test(version) && /[a-f]/.test(version)) || /^([0-9]{40}|[0-9]{64})$/.test(version) ? version : undefined,
})
