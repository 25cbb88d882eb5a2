/** Objects of one definition by the grammar's object types: the manual's word, with which their keys begin, and whether they stand in a schema. */
type DefinitionWord = { readonly word: string; readonly schema: boolean }

const words: Readonly<Record<string, DefinitionWord>> = {
  OBJECT_COLLATION: { word: 'collation', schema: true },
  OBJECT_CONVERSION: { word: 'conversion', schema: true },
  OBJECT_STATISTIC_EXT: { word: 'statistics', schema: true },
  OBJECT_OPERATOR: { word: 'operator', schema: true },
  OBJECT_OPCLASS: { word: 'operator class', schema: true },
  OBJECT_OPFAMILY: { word: 'operator family', schema: true },
  OBJECT_TSCONFIGURATION: { word: 'text search configuration', schema: true },
  OBJECT_TSDICTIONARY: { word: 'text search dictionary', schema: true },
  OBJECT_TSPARSER: { word: 'text search parser', schema: true },
  OBJECT_TSTEMPLATE: { word: 'text search template', schema: true },
  OBJECT_PUBLICATION: { word: 'publication', schema: false },
  OBJECT_SUBSCRIPTION: { word: 'subscription', schema: false },
  OBJECT_EVENT_TRIGGER: { word: 'event trigger', schema: false },
  OBJECT_CAST: { word: 'cast', schema: false },
  OBJECT_ACCESS_METHOD: { word: 'access method', schema: false },
  OBJECT_LANGUAGE: { word: 'language', schema: false },
  OBJECT_TRANSFORM: { word: 'transform', schema: false },
  OBJECT_FDW: { word: 'foreign data wrapper', schema: false },
  OBJECT_FOREIGN_SERVER: { word: 'server', schema: false },
  OBJECT_USER_MAPPING: { word: 'user mapping', schema: false },
}

/** The grammar's object types that are definitions. */
export const definitionTypes = Object.keys(words)

/** The manual's word of an object type. */
export const wordOf = (type: string): string => words[type]?.word ?? type

export const standsInSchema = (type: string): boolean => words[type]?.schema === true

/** Those in a schema that a name alone tells apart: operators have arguments too, their classes and families an access method. */
export const namedInSchemas = [
  'OBJECT_COLLATION',
  'OBJECT_CONVERSION',
  'OBJECT_STATISTIC_EXT',
  'OBJECT_TSCONFIGURATION',
  'OBJECT_TSDICTIONARY',
  'OBJECT_TSPARSER',
  'OBJECT_TSTEMPLATE',
]
