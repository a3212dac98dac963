/**
 * Plain data to XML. Members print in their order and undefined ones not at all; an array prints each element as
 * `<member>` (EC2: `<item>`), a Map as entries of key and value, a Date as ISO 8601, bytes in base64.
 */

export interface XmlDialect {
  readonly listElement: 'member' | 'item'
}

export function xmlMembers(members: object, dialect: XmlDialect): string {
  let text = ''
  for (const [name, value] of Object.entries(members)) text += xmlElement(name, value, dialect)
  return text
}

export function xmlElement(name: string, value: unknown, dialect: XmlDialect): string {
  if (value === undefined || value === null) return ''
  const inside = xmlContent(value, dialect)
  return inside === '' ? `<${name}/>` : `<${name}>${inside}</${name}>`
}

function xmlContent(value: unknown, dialect: XmlDialect): string {
  if (typeof value !== 'object' || value === null) return escaped(String(value))
  if (Array.isArray(value)) return value.map((element) => xmlElement(dialect.listElement, element, dialect)).join('')
  if (value instanceof Map) {
    return [...value].map(([key, of]) => xmlElement('entry', { key, value: of }, dialect)).join('')
  }
  if (value instanceof Date) return isoSeconds(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return xmlMembers(value, dialect)
}

/** To the second, as IAM and STS print it. */
function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

const needsEscape = /[&<>"'\r]/g
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As it stands, a parser would make a line feed of it.
  '\r': '&#xD;',
}
/** XML has no way at all to write these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

export function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(unwritable, '\ufffd')
    .replace(needsEscape, (character) => escapes[character] ?? '')
}
