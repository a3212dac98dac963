import type { InputOf } from '../../../contract/shape.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import type { Ec2 } from '../ec2.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { accessToEndpoint } from '../endpoint-access.ts'
import { checkEndpointId } from '../ids.ts'
import { dryRun, ids, request, required } from '../shapes.ts'

const input = request({ VpcEndpointId: required(ids), ...dryRun })

export const deleteVpcEndpoints = ({ endpoints }: Ec2) =>
  ec2Operation<InputOf<typeof input>, object>({
    name: 'DeleteVpcEndpoints',
    readOnly: false,
    input,
    access: ({ VpcEndpointId: given }, ctx) =>
      given.map((id) => accessToEndpoint('ec2:DeleteVpcEndpoints', id, endpoints.get(id)?.record, ctx)),
    /** What cannot be deleted is listed; the rest is deleted all the same. */
    async run({ VpcEndpointId: given }) {
      for (const id of given) checkEndpointId(id)
      const unsuccessful: object[] = []
      for (const id of new Set(given)) {
        try {
          await endpoints.delete(id)
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error
          unsuccessful.push({ error: { code: error.code, message: error.message }, resourceId: id })
        }
      }
      return { unsuccessful }
    },
  })
