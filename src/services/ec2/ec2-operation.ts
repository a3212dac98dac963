/** How this room declares operations: what is the same for all of them is said here once. */
import { type AccessRequest, type AnyOperation, operation } from '../../contract/operation.ts'
import type { RequestContext } from '../../contract/request-context.ts'
import type { Shape } from '../../contract/shape.ts'
import { dryRunOperation } from './errors.ts'

export interface Ec2Operation<Input, Output> {
  readonly name: string
  readonly readOnly: boolean
  readonly input: Shape<Input>
  /** Everything that it touches; `*` for the whole account unless told. */
  readonly access?: (input: Input, ctx: RequestContext) => readonly AccessRequest[]
  readonly run: (input: Input, ctx: RequestContext) => Promise<Output> | Output
}

export function ec2Operation<Input extends { readonly DryRun?: boolean }, Output extends object>(
  declared: Ec2Operation<Input, Output>,
): AnyOperation {
  const { name, readOnly, input, run } = declared
  const wholeAccount = (_: Input, ctx: RequestContext): readonly AccessRequest[] => [
    { action: `ec2:${name}`, resource: '*', conditions: () => ({ 'ec2:Region': ctx.region }) },
  ]
  const access = declared.access ?? wholeAccount
  return operation<Input, Output>({
    name,
    kind: readOnly ? 'control-read' : 'control-write',
    input,
    access,
    audit: {
      category: 'Management',
      readOnly,
      // As CloudTrail records EC2's newer operations: the request and the answer as they were on the wire.
      requestParameters: (given) => ({ [`${name}Request`]: given }),
      responseElements: (output) => (readOnly ? null : { [`${name}Response`]: output }),
      resources: (given, ctx) =>
        access(given, ctx)
          .filter(({ resource }) => resource !== '*' && !resource.endsWith('/*'))
          .map(({ resource }) => ({ type: resourceType(resource), arn: resource })),
    },
    run(given, ctx) {
      if (given.DryRun === true) throw dryRunOperation()
      return run(given, ctx)
    },
  })
}

export function ec2Arn({ region, accountId }: RequestContext, kind: ResourceKind, id: string): string {
  return `arn:aws:ec2:${region}:${accountId}:${kind}/${id}`
}

export type ResourceKind = 'vpc' | 'vpc-endpoint' | 'route-table' | 'subnet' | 'security-group'

function resourceType(arn: string): string {
  return resourceTypes[(arn.split(':')[5]?.split('/')[0] ?? '') as ResourceKind]
}

const resourceTypes: Readonly<Record<ResourceKind, string>> = {
  vpc: 'AWS::EC2::VPC',
  'vpc-endpoint': 'AWS::EC2::VPCEndpoint',
  'route-table': 'AWS::EC2::RouteTable',
  subnet: 'AWS::EC2::Subnet',
  'security-group': 'AWS::EC2::SecurityGroup',
}
