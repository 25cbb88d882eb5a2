/** The flags of `timeline`, none of them given. */
export const noFlags = {
  environments: undefined,
  appVersions: undefined,
  table: undefined,
  author: undefined,
  from: undefined,
  breaking: false,
  full: false,
  svg: undefined,
}
