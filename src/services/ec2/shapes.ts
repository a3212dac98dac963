/** Shapes that EC2's operations share. Members bear the names that they have on the wire: `RouteTableId.1`. */
import { type Member, optional, required, type Shape, type StructureOf, structure } from '../../contract/shape.ts'
import { list } from '../../contract/shape-collections.ts'
import { boolean, integer, string } from '../../contract/shape-scalars.ts'
import { missingParameter } from './errors.ts'

/** A request, which EC2 refuses in words of its own when a part is missing. */
export function request<M extends Readonly<Record<string, Member<unknown, boolean>>>>(
  members: M,
): Shape<StructureOf<M>> {
  const whole = structure(members)
  const needed = Object.keys(members).filter((name) => members[name]?.required === true)
  return {
    ...whole,
    collect(value, place, found) {
      const given = value as Readonly<Record<string, unknown>>
      for (const name of needed) if (given[name] === undefined) throw missingParameter(name)
      whole.collect?.(value, place, found)
    },
  }
}

export const text = string()
export const ids = list(string())
export const dryRun = { DryRun: optional(boolean) }
export const paged = { MaxResults: optional(integer()), NextToken: optional(string()) }
export const filters = list(structure({ Name: optional(string()), Value: optional(list(string())) }, 'Filter'))

const tag = structure({ Key: optional(string()), Value: optional(string()) }, 'Tag')
export const tagSpecifications = list(
  structure({ ResourceType: optional(string()), Tag: optional(list(tag)) }, 'TagSpecification'),
)

export { boolean, optional, required }
