/** Result pages of the Describe calls. */
import { optional } from '../../contract/shape.ts'
import { integer } from '../../contract/shape-scalars.ts'
import { invalidNextToken } from './errors.ts'
import { nextToken } from './shapes.ts'

const resultsMax = 50

/** More than 50 are never given, whatever is asked for. */
export const pageMembers = {
  MaxResults: optional(integer({ min: 1 })),
  NextToken: optional(nextToken),
}

export interface PageRequest {
  readonly MaxResults?: number
  readonly NextToken?: string
}

export interface ResultPage<T> {
  readonly found: readonly T[]
  readonly NextToken?: string
}

/** Something to show, and the name under which the next page goes on after it. */
export interface Placed<T> {
  readonly place: string
  readonly shown: T
}

/** The first page of what is left after the token's place; what comes is in the order of its places. */
export async function resultPage<T>(
  request: PageRequest,
  from: (after: string | undefined) => AsyncIterable<Placed<T>>,
): Promise<ResultPage<T>> {
  const limit = Math.min(request.MaxResults ?? resultsMax, resultsMax)
  const found: T[] = []
  let last: string | undefined
  for await (const { place, shown } of from(placeOf(request.NextToken))) {
    if (found.length === limit && last !== undefined) return { found, NextToken: tokenOf(last) }
    found.push(shown)
    last = place
  }
  return { found }
}

/** Marks our tokens, so that not just any base64 passes for one. */
const tokenPrefix = 'after '
/** None of ours is longer: a table, an index, a dimension and a name of 256 characters. */
const tokenCharactersMax = 2048

function tokenOf(place: string): string {
  return Buffer.from(tokenPrefix + place, 'utf8').toString('base64')
}

function placeOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined
  if (token.length > tokenCharactersMax) throw invalidNextToken()
  const place = Buffer.from(token, 'base64').toString('utf8')
  if (!place.startsWith(tokenPrefix) || tokenOf(place.slice(tokenPrefix.length)) !== token) throw invalidNextToken()
  return place.slice(tokenPrefix.length)
}
