/** Lists in pages: MaxItems, Marker and IsTruncated. */
import { refusedValue } from './errors.ts'

/** Tells markers of ours from other text. */
const markerStart = 'after:'
/** AWS's default. */
const itemsPerPage = 100

export interface PageRequest {
  readonly Marker?: string
  readonly MaxItems?: number
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly end: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/** `all` in the order of `keyOf`, which tells items apart; the marker is the last key shown. */
export function page<T>(all: readonly T[], request: PageRequest, keyOf: (item: T) => string): Page<T> {
  const start = request.Marker === undefined ? 0 : firstAfter(all, afterMarker(request.Marker), keyOf)
  const size = request.MaxItems ?? itemsPerPage
  const items = all.slice(start, start + size)
  const last = items.at(-1)
  if (last === undefined || start + size >= all.length) return { items, end: { IsTruncated: false } }
  return { items, end: { IsTruncated: true, Marker: markerOf(keyOf(last)) } }
}

/** The places from 0 to `count` that a page shows, for lists that are never put together: they may be too long for it. */
export function pageOfPlaces(count: number, request: PageRequest): Page<number> {
  const start = request.Marker === undefined ? 0 : placeAfter(afterMarker(request.Marker))
  const stop = Math.min(start + (request.MaxItems ?? itemsPerPage), count)
  const items = Array.from({ length: Math.max(stop - start, 0) }, (_, at) => start + at)
  if (stop >= count) return { items, end: { IsTruncated: false } }
  return { items, end: { IsTruncated: true, Marker: markerOf(String(stop - 1)) } }
}

function placeAfter(key: string): number {
  if (!/^\d{1,15}$/.test(key)) throw refusedValue('Invalid Marker.')
  return Number(key) + 1
}

function markerOf(key: string): string {
  return Buffer.from(`${markerStart}${key}`, 'utf8').toString('base64')
}

function firstAfter<T>(all: readonly T[], key: string, keyOf: (item: T) => string): number {
  const found = all.findIndex((item) => keyOf(item) > key)
  return found === -1 ? all.length : found
}

function afterMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString('utf8')
  if (!text.startsWith(markerStart)) throw refusedValue('Invalid Marker.')
  return text.slice(markerStart.length)
}

/** In code unit order of their keys. */
export function sortedBy<T>(items: Iterable<T>, keyOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}
