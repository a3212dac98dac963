import type { InputOf } from '../../../contract/shape.ts'
import { prefixListId } from '../carried-services.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { familyOf } from '../endpoints.ts'
import { noSuchPrefixList } from '../errors.ts'
import { matching, page } from '../filters.ts'
import { dryRun, filters, ids, optional, paged, request } from '../shapes.ts'

const input = request({ PrefixListId: optional(ids), Filter: optional(filters), ...paged, ...dryRun })

/** Where services of gateway endpoints are: here, the addresses that the endpoints listen on. */
export const describePrefixLists = ({ endpoints }: Ec2) =>
  ec2Operation<InputOf<typeof input>, object>({
    name: 'DescribePrefixLists',
    readOnly: true,
    input,
    run(given) {
      const all = endpoints.services
        .filter(({ types }) => types.includes('Gateway'))
        .map(({ name }) => ({
          prefixListId: prefixListId(name),
          prefixListName: name,
          cidrSet: endpoints
            .all()
            .filter(({ record }) => record.type === 'Gateway' && record.serviceName === name)
            .map(({ record: { address } }) => `${address.host}/${familyOf(address) === 'ipv4' ? 32 : 128}`),
        }))
      for (const id of given.PrefixListId ?? []) {
        if (!all.some((one) => one.prefixListId === id)) throw noSuchPrefixList(id)
      }
      const named = all.filter((one) => given.PrefixListId?.includes(one.prefixListId) ?? true)
      const found = matching(named, given.Filter, ['prefix-list-id', 'prefix-list-name'], (one) => ({
        'prefix-list-id': [one.prefixListId],
        'prefix-list-name': [one.prefixListName],
      }))
      const { shown, nextToken } = page(found, given, (one) => one.prefixListId)
      return { prefixListSet: shown, nextToken }
    },
  })
