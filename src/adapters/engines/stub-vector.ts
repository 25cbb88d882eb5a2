/**
 * pgvector's names (its sql/vector.sql, 0.8), over text: the types hold what was written, distances are 0, and `hnsw` and `ivfflat` are hash indexes, which
 * take values of any length. Storage parameters (`m`, `lists` …) cannot be imitated: `adapt` takes them out.
 */

const attributes = 'IMMUTABLE STRICT PARALLEL SAFE'
const internal = (signature: string, result: string, symbol: string) =>
  `CREATE FUNCTION ${signature} RETURNS ${result} AS '${symbol}' LANGUAGE internal ${attributes};`
const sqlFunction = (signature: string, result: string, body: string) =>
  `CREATE FUNCTION ${signature} RETURNS ${result} AS $$ SELECT ${body} $$ LANGUAGE sql ${attributes};`

const type = (name: string) => `
CREATE TYPE ${name};
${internal(`${name}_in(cstring, oid, integer)`, name, 'textin')}
${internal(`${name}_out(${name})`, 'cstring', 'textout')}
${internal(`${name}_typmod_in(cstring[])`, 'integer', 'varchartypmodin')}
${internal(`${name}_typmod_out(integer)`, 'cstring', 'varchartypmodout')}
${internal(`${name}_recv(internal, oid, integer)`, name, 'textrecv')}
${internal(`${name}_send(${name})`, 'bytea', 'textsend')}
CREATE TYPE ${name} (INPUT = ${name}_in, OUTPUT = ${name}_out, TYPMOD_IN = ${name}_typmod_in, TYPMOD_OUT = ${name}_typmod_out, RECEIVE = ${name}_recv, SEND = ${name}_send, STORAGE = external);
CREATE FUNCTION ${name}(${name}, integer, boolean) RETURNS ${name} AS $$ SELECT $1 $$ LANGUAGE sql ${attributes};
CREATE CAST (${name} AS ${name}) WITH FUNCTION ${name}(${name}, integer, boolean) AS IMPLICIT;`

type Comparison = { readonly name: string; readonly operator: string; readonly commutator: string; readonly negator: string; readonly selectivity: string }

const comparisons: readonly Comparison[] = [
  { name: 'lt', operator: '<', commutator: '>', negator: '>=', selectivity: 'scalarlt' },
  { name: 'le', operator: '<=', commutator: '>=', negator: '>', selectivity: 'scalarle' },
  { name: 'eq', operator: '=', commutator: '=', negator: '<>', selectivity: 'eq' },
  { name: 'ne', operator: '<>', commutator: '<>', negator: '=', selectivity: 'neq' },
  { name: 'ge', operator: '>=', commutator: '<=', negator: '<', selectivity: 'scalarge' },
  { name: 'gt', operator: '>', commutator: '<', negator: '<=', selectivity: 'scalargt' },
]

const operator = (symbol: string, on: string, procedure: string, more = '') =>
  `CREATE OPERATOR ${symbol} (LEFTARG = ${on}, RIGHTARG = ${on}, PROCEDURE = ${procedure}${more});`

const comparable = (on: string) =>
  [
    ...comparisons.map(({ name }) => internal(`${on}_${name}(${on}, ${on})`, 'boolean', `bytea${name}`)),
    internal(`${on}_cmp(${on}, ${on})`, 'integer', 'byteacmp'),
    internal(`${on}_hash(${on})`, 'integer', 'hashvarlena'),
    ...comparisons.map(({ name, operator: symbol, commutator, negator, selectivity }) =>
      operator(symbol, on, `${on}_${name}`, `, COMMUTATOR = ${commutator}, NEGATOR = ${negator}, RESTRICT = ${selectivity}sel, JOIN = ${selectivity}joinsel`),
    ),
    `CREATE OPERATOR CLASS ${on}_ops DEFAULT FOR TYPE ${on} USING btree AS
      OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 ${on}_cmp(${on}, ${on});`,
  ].join('\n')

const distances = [
  { name: 'l2_distance', symbol: '<->', commutator: '<->' },
  { name: 'inner_product', symbol: undefined, commutator: undefined },
  { name: 'cosine_distance', symbol: '<=>', commutator: '<=>' },
  { name: 'l1_distance', symbol: '<+>', commutator: '<+>' },
] as const

const measurable = (on: string) =>
  [
    ...distances.map(({ name }) => sqlFunction(`${name}(${on}, ${on})`, 'double precision', '0::pg_catalog.float8')),
    sqlFunction(`${on}_negative_inner_product(${on}, ${on})`, 'double precision', '0::pg_catalog.float8'),
    sqlFunction(`l2_normalize(${on})`, on, '$1'),
    ...distances.flatMap(({ name, symbol, commutator }) => (symbol ? [operator(symbol, on, name, `, COMMUTATOR = ${commutator}`)] : [])),
    operator('<#>', on, `${on}_negative_inner_product`, ', COMMUTATOR = <#>'),
  ].join('\n')

const dimensions = `pg_catalog.cardinality(pg_catalog.string_to_array(pg_catalog.btrim($1::pg_catalog.text, '[] '), ','))`

const arithmetic = (on: string) =>
  [
    ...['add', 'sub', 'mul', 'concat'].map((name) => sqlFunction(`${on}_${name}(${on}, ${on})`, on, '$1')),
    operator('+', on, `${on}_add`, ', COMMUTATOR = +'),
    operator('-', on, `${on}_sub`),
    operator('*', on, `${on}_mul`, ', COMMUTATOR = *'),
    operator('||', on, `${on}_concat`),
    sqlFunction(`vector_dims(${on})`, 'integer', dimensions),
    sqlFunction(`${on === 'vector' ? 'vector_norm' : 'l2_norm'}(${on})`, 'double precision', '0::pg_catalog.float8'),
    sqlFunction(`binary_quantize(${on})`, 'bit', `pg_catalog.repeat('0', ${dimensions})::pg_catalog.varbit::pg_catalog.bit`),
    sqlFunction(`subvector(${on}, integer, integer)`, on, '$1'),
    `CREATE AGGREGATE avg(${on}) (SFUNC = ${on}_add, STYPE = ${on}, PARALLEL = SAFE);`,
    `CREATE AGGREGATE sum(${on}) (SFUNC = ${on}_add, STYPE = ${on}, PARALLEL = SAFE);`,
  ].join('\n')

// RETURN is parsed here and now: it needs no schema to find the type later.
const arrays = (on: string) =>
  [
    ...['integer[]', 'real[]', 'double precision[]', 'numeric[]'].flatMap((array) => [
      `CREATE FUNCTION array_to_${on}(${array}, integer, boolean) RETURNS ${on} LANGUAGE sql ${attributes} RETURN ('[' || pg_catalog.array_to_string($1, ',') || ']')::${on};`,
      `CREATE CAST (${array} AS ${on}) WITH FUNCTION array_to_${on}(${array}, integer, boolean) AS ASSIGNMENT;`,
    ]),
    `CREATE FUNCTION ${on}_to_float4(${on}, integer, boolean) RETURNS real[] AS $$ SELECT pg_catalog.translate($1::pg_catalog.text, '[]', '{}')::pg_catalog.float4[] $$ LANGUAGE sql ${attributes};`,
    `CREATE CAST (${on} AS real[]) WITH FUNCTION ${on}_to_float4(${on}, integer, boolean);`,
  ].join('\n')

const conversion = (from: string, to: string, context: string) => `
CREATE FUNCTION ${from}_to_${to}(${from}, integer, boolean) RETURNS ${to} LANGUAGE sql ${attributes} RETURN $1::pg_catalog.text::${to};
CREATE CAST (${from} AS ${to}) WITH FUNCTION ${from}_to_${to}(${from}, integer, boolean) AS ${context};`

const bits = [
  ...['hamming_distance', 'jaccard_distance'].map((name) => sqlFunction(`${name}(bit, bit)`, 'double precision', '0::pg_catalog.float8')),
  operator('<~>', 'bit', 'hamming_distance', ', COMMUTATOR = <~>'),
  operator('<%>', 'bit', 'jaccard_distance', ', COMMUTATOR = <%>'),
  internal('vector_bit_hash(bit)', 'integer', 'hashvarlena'),
].join('\n')

const operatorClass = (name: string, on: string, method: string, hash: string, isDefault = false) =>
  `CREATE OPERATOR CLASS ${name} ${isDefault ? 'DEFAULT ' : ''}FOR TYPE ${on} USING ${method} AS FUNCTION 1 ${hash}(${on});`

const classesOf = (on: string, method: string, kinds: readonly string[]) =>
  kinds.map((kind) => operatorClass(`${on}_${kind}_ops`, on, method, `${on}_hash`, on === 'vector' && kind === 'l2' && method === 'ivfflat'))

const accessMethods = [
  'CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER hashhandler;',
  'CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hashhandler;',
  ...classesOf('vector', 'ivfflat', ['l2', 'ip', 'cosine']),
  ...classesOf('halfvec', 'ivfflat', ['l2', 'ip', 'cosine']),
  ...classesOf('vector', 'hnsw', ['l2', 'ip', 'cosine', 'l1']),
  ...classesOf('halfvec', 'hnsw', ['l2', 'ip', 'cosine', 'l1']),
  ...classesOf('sparsevec', 'hnsw', ['l2', 'ip', 'cosine', 'l1']),
  operatorClass('bit_hamming_ops', 'bit', 'ivfflat', 'vector_bit_hash'),
  operatorClass('bit_hamming_ops', 'bit', 'hnsw', 'vector_bit_hash'),
  operatorClass('bit_jaccard_ops', 'bit', 'hnsw', 'vector_bit_hash'),
].join('\n')

const names = ['vector', 'halfvec', 'sparsevec']

/** The script of the stand-in for pgvector. */
export const vectorSql = [
  ...names.map(type),
  ...names.map(comparable),
  ...names.map(measurable),
  ...['vector', 'halfvec'].map(arithmetic),
  ...['vector', 'halfvec'].map(arrays),
  sqlFunction('l2_norm(sparsevec)', 'double precision', '0::pg_catalog.float8'),
  conversion('vector', 'halfvec', 'ASSIGNMENT'),
  conversion('halfvec', 'vector', 'IMPLICIT'),
  conversion('vector', 'sparsevec', 'ASSIGNMENT'),
  conversion('sparsevec', 'vector', 'ASSIGNMENT'),
  conversion('halfvec', 'sparsevec', 'ASSIGNMENT'),
  conversion('sparsevec', 'halfvec', 'ASSIGNMENT'),
  bits,
  accessMethods,
].join('\n')
