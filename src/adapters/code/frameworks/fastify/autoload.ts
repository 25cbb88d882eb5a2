/** `@fastify/autoload`: the files of a directory are plugins, the names of its directories are their prefix. */
import { any, type Machine, type Site, type Value } from '../../value.ts'
import type { ProjectFiles, Root } from '../define.ts'
import { joinedPath, parentOf } from '../routing/folders.ts'
import { joined } from '../routing/paths.ts'
import { flat } from '../routing/values.ts'

/** `register(autoload, { dir: join(__dirname, 'routes') })`: the directory is read from the text, since it is no literal. */
const directoryText = /\bdir\s*:\s*(?:(?:path\.)?(?:join|resolve)\(\s*[\w.]+\s*,([^)]*)\)|`\$\{[\w.]+\}([^`]*)`)/g

/** What plugins are registered with. */
type Pluggable = { plug(plugin: Value, options: Value, site: Site): void }

type Directory = { readonly by: string; readonly nth: number; readonly path: string }
type LoadedFile = Directory & { readonly file: string; readonly module: Value }
type Registration = { readonly instance: Pluggable; readonly options: Value; readonly prefix: string; readonly site: Site }

const script = /\.[cm]?[jt]sx?$/
const ignored = /\.(?:test|spec|d)\.[cm]?[jt]s$|(?:^|\/)autohooks\./
const index = /(?:^|\/)index\.[cm]?[jt]s$/

const directoriesIn = (by: string, text: string): readonly Directory[] =>
  [...text.matchAll(directoryText)].map(([, args, tail], nth) => {
    const names = tail ?? [...(args ?? '').matchAll(/['"]([^'"]*)['"]/g)].map(([, name]) => name).join('/')
    return { by, nth, path: joinedPath(parentOf(by), names) }
  })

/** A directory with an index file loads that and its subdirectories. */
const isLoaded = (file: string, all: readonly string[]): boolean =>
  script.test(file) && !ignored.test(file) && (index.test(file) || !all.some((other) => index.test(other) && parentOf(other) === parentOf(file)))

const known = new WeakMap<Machine, { readonly files: LoadedFile[]; readonly registrations: Registration[] }>()

const knownTo = (machine: Machine) => {
  const all = known.get(machine) ?? { files: [], registrations: [] }
  known.set(machine, all)
  return all
}

export const autoloadRoots = (project: ProjectFiles): readonly Root[] =>
  project
    .dependents(['@fastify/autoload', 'fastify-autoload'])
    .filter((path) => script.test(path))
    .flatMap((path) => directoriesIn(path, project.read(path) ?? ''))
    .flatMap((directory) => {
      const files = project.paths.filter((path) => path.startsWith(`${directory.path}/`))
      return files.filter((file) => isLoaded(file, files)).map((file) => ({ path: file, enter: remember(directory, file) }))
    })

const remember =
  (directory: Directory, file: string): Root['enter'] =>
  (module, machine) => {
    knownTo(machine).files.push({ ...directory, file, module })
  }

export const loadLater = (instance: Pluggable, options: Value, prefix: string, site: Site): void => {
  knownTo(site.machine).registrations.push({ instance, options, prefix, site })
}

/** `_id` is `:id`, where the options say so. */
const prefixOf = ({ file, path, module }: LoadedFile, { options, prefix, site }: Registration): string => {
  const { machine } = site
  const [own] = machine.strings(machine.get(module, 'autoPrefix', site))
  if (own !== undefined) return joined(prefix, own)
  const flag = machine.get(options, 'dirNameRoutePrefix', site)
  const folders = flag.kind === 'literal' && flag.value === false ? '' : parentOf(file.slice(path.length + 1))
  const parameters = machine.get(options, 'routeParams', site)
  return joined(prefix, parameters.kind === 'literal' && parameters.value === true ? folders.replace(/(^|\/)_/g, '$1:') : folders)
}

const load = (registration: Registration, files: readonly LoadedFile[]): void => {
  const { instance, options, site } = registration
  const { machine } = site
  const given = machine.get(options, 'options', site)
  const configured = { ...registration, prefix: machine.strings(machine.get(given, 'prefix', site))[0] ?? '' }
  for (const file of files) {
    const plugins = flat([machine.get(file.module, 'default', site)]).filter(({ kind }) => kind !== 'any')
    const prefix = prefixOf(file, configured)
    for (const plugin of plugins) instance.plug(plugin, machine.object({ prefix: { kind: 'literal', value: prefix === '/' ? '' : prefix } }, any), site)
  }
}

/** The registrations of a file stand in the order of its directories. */
export const loadDirectories = (machine: Machine): void => {
  const { files, registrations } = knownTo(machine)
  const done = new Map<string, number>()
  for (const registration of registrations.splice(0)) {
    const { file } = registration.site.place
    const count = new Set(files.filter(({ by }) => by === file).map(({ nth }) => nth)).size
    const at = done.get(file) ?? 0
    done.set(file, at + 1)
    const loaded = files.filter(({ by, nth }) => by === file && nth === at % Math.max(1, count))
    if (loaded.length === 0) machine.gap('the directory whose plugins are loaded here is not known', registration.site)
    load(registration, loaded)
  }
}
