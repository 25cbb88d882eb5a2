/** The flags of `status` as they are without any. */
export const statusFlags = {
  environments: undefined as string | undefined,
  check: false,
  drift: false,
  watch: undefined as string | undefined,
  maxAge: 24,
  timeout: 3,
  concurrency: 16,
}
