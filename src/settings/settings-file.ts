/** The settings file: one YAML mapping of setting names to values. */
import { readFile } from 'node:fs/promises'
import { OperatorError, systemReason } from '../foundation/operator-error.ts'
import type { SettingText } from './setting-definitions.ts'

const fileBytesMax = 1_000_000

/** OperatorError that names file and line for what is not YAML or not a mapping of names to plain values. */
export async function readSettingsFile(path: string): Promise<readonly SettingText[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new OperatorError(`cannot read the settings file ${path}: ${systemReason(error)}`, { cause: error })
  }
  if (text.length > fileBytesMax) throw new OperatorError(`the settings file ${path} is larger than 1 MB`)
  return await settingsOfYaml(path, text)
}

export async function settingsOfYaml(path: string, text: string): Promise<readonly SettingText[]> {
  // Loaded only for who has such a file: it takes a good part of the time to start.
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`
  const [fault] = document.errors
  if (fault !== undefined) {
    throw new OperatorError(`${at(fault.pos[0])}: ${fault.message.split('\n')[0]?.replace(/ at line.*$/, '')}`)
  }
  if (document.contents === null) return []
  if (!isMap(document.contents)) throw new OperatorError(`${at(0)}: expected lines of the form name: value`)

  // The source text counts, not YAML's idea of it: an account of zeros is no number.
  const textOf = (node: unknown): string | undefined =>
    isScalar(node) && node.value !== null ? (node.source ?? String(node.value)) : undefined
  return document.contents.items.map(({ key, value }) => {
    const where = at(isScalar(key) ? key.range?.[0] : 0)
    const name = textOf(key)
    if (name === undefined) throw new OperatorError(`${where}: a setting's name must be plain text`)
    const elements = isSeq(value) ? value.items.map(textOf) : [textOf(value)]
    if (elements.includes(undefined)) throw new OperatorError(`${where}: ${name} must have a plain value`)
    return { name, text: elements.join(','), where }
  })
}
