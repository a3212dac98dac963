/** The door of the STS room: temporary credentials. Nothing is kept of a session but what its sealed token holds. */
import type { QueryService } from '../../contract/service.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'

export const stsService: QueryService = {
  name: 'sts',
  signingName: 'sts',
  global: true,
  protocol: 'query',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  apiVersion: '2011-06-15',
  operations: [getCallerIdentity],
}
