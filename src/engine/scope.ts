/** Where a table lives; part of every key in the catalog. */
export interface Scope {
  readonly accountId: string
  readonly region: string
}
