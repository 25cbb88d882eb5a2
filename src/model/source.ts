/** Anything whose schema can be asked for: the sources of the command line's contract. */
export type SourceRef =
  /** `tenant`: one of the environment's databases. */
  | { readonly type: 'environment'; readonly name: string; readonly tenant?: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'folder'; readonly path?: string; readonly upTo?: string }
  | { readonly type: 'git'; readonly ref: string }
  | { readonly type: 'schema'; readonly path?: string }
  | { readonly type: 'sql'; readonly path: string }
  | { readonly type: 'snapshot'; readonly path: string }
