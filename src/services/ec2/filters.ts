/** Filters and pages of Describe operations: all filters must hold, of each any value; `*` and `?` stand for others. */
import { ServiceError } from '../../foundation/service-error.ts'
import { glob } from '../../policy/glob.ts'
import type { Tag } from './endpoint-records.ts'
import { invalidParameterValue } from './errors.ts'

export interface Filter {
  readonly Name?: string
  readonly Value?: readonly string[]
}

/** What an item has under each filter's name. */
export type Filterable = Readonly<Record<string, readonly string[]>>

/** `known` are the names that there are; `tag:<key>` and `tag-key` are among them where items have tags. */
export function matching<T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  known: readonly string[],
  values: (item: T) => Filterable,
): readonly T[] {
  const asked = (filters ?? []).map(({ Name: name = '', Value: wanted = [] }) => {
    const isTag = name.startsWith('tag:') && known.includes('tag-key')
    if (!isTag && !known.includes(name)) throw invalidParameterValue(`The filter '${name}' is invalid`)
    return { name, patterns: wanted.map(glob) }
  })
  return items.filter((item) => {
    const has = values(item)
    return asked.every(({ name, patterns }) =>
      (has[name] ?? []).some((value) => patterns.some((matches) => matches(value))),
    )
  })
}

export function tagValues(tags: readonly Tag[]): Filterable {
  return {
    ...Object.fromEntries(tags.map(({ key, value }) => [`tag:${key}`, [value]])),
    'tag-key': tags.map(({ key }) => key),
  }
}

export interface PageRequest {
  readonly MaxResults?: number
  readonly NextToken?: string
}

const resultsMax = 1000
const tokenStart = 'after:'

/** Items behind the token's; a token holds the last key shown. */
export function page<T>(
  items: readonly T[],
  { MaxResults: size = resultsMax, NextToken: token }: PageRequest,
  keyOf: (item: T) => string,
): { readonly shown: readonly T[]; readonly nextToken: string | undefined } {
  if (size < 1) throw invalidParameterValue(`Value ( ${size} ) for parameter maxResults is invalid.`)
  const start = token === undefined ? 0 : items.findIndex((item) => keyOf(item) === afterToken(token)) + 1
  const shown = items.slice(start, start + Math.min(size, resultsMax))
  const last = shown.at(-1)
  const more = last !== undefined && start + shown.length < items.length
  return {
    shown,
    nextToken: more ? Buffer.from(`${tokenStart}${keyOf(last)}`).toString('base64') : undefined,
  }
}

function afterToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString()
  if (!text.startsWith(tokenStart)) {
    throw new ServiceError('InvalidNextToken', 'The specified token is not valid.')
  }
  return text.slice(tokenStart.length)
}
