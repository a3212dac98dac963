/** CreateServiceLinkedRole, DeleteServiceLinkedRole and GetServiceLinkedRoleDeletionStatus. */
import { randomUUID } from 'node:crypto'
import type { InputOf } from '../../../contract/shape.ts'
import { iamArn } from '../arns.ts'
import { entityTarget, roleNamed } from '../entities.ts'
import { invalidInput, noSuchEntity } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation, type Target, wholeAccount } from '../iam-operation.ts'
import { entityId } from '../ids.ts'
import { printedRole } from '../printed.ts'
import type { RoleRecord } from '../records.ts'
import { groupName, optional, required, roleDescription, roleName, string, structure } from '../shapes.ts'

/** The services that have such a role here, by what AWS calls them. */
const linkedRoles: Readonly<Record<string, string>> = {
  'dynamodb.application-autoscaling.amazonaws.com': 'AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
  'replication.dynamodb.amazonaws.com': 'AWSServiceRoleForDynamoDBReplication',
  'contributorinsights.dynamodb.amazonaws.com': 'AWSServiceRoleForDynamoDBCloudWatchContributorInsights',
  'kinesisreplication.dynamodb.amazonaws.com': 'AWSServiceRoleForDynamoDBKinesisDataStreamsReplication',
  'dax.amazonaws.com': 'AWSServiceRoleForDAX',
  'backup.amazonaws.com': 'AWSServiceRoleForBackup',
  'config.amazonaws.com': 'AWSServiceRoleForConfig',
  'cloudtrail.amazonaws.com': 'AWSServiceRoleForCloudTrail',
  'auditmanager.amazonaws.com': 'AWSServiceRoleForAuditManager',
}

const createInput = structure({
  AWSServiceName: required(groupName),
  Description: optional(roleDescription),
  CustomSuffix: optional(string({ min: 1, max: 64, pattern: '[\\w+=,.@-]+' })),
})

export const createServiceLinkedRole = (iam: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreateServiceLinkedRole',
    readOnly: false,
    input: createInput,
    target: (input): Target => ({
      arn: iamArn(
        iam.state.accountId,
        'role',
        `/aws-service-role/${input.AWSServiceName}/`,
        linkedRoles[input.AWSServiceName] ?? '*',
      ),
    }),
    conditions: (input) => ({ 'iam:AWSServiceName': input.AWSServiceName }),
    run: (input) => {
      const { state, clock, random } = iam
      const service = input.AWSServiceName
      const name = linkedRoles[service]
      if (name === undefined) throw invalidInput(`${service} is not a service that has a service-linked role here.`)
      if (input.CustomSuffix !== undefined) throw invalidInput(`Custom suffix is not allowed for ${service}`)
      return state.change((changes) => {
        if (state.roles.isTaken(name)) {
          throw invalidInput(`Service role name ${name} has been taken in this account, please try a different suffix.`)
        }
        const role: RoleRecord = {
          id: entityId('AROA', random),
          name,
          path: `/aws-service-role/${service}/`,
          createdAtMs: clock.nowMs(),
          inline: [],
          attached: [],
          tags: [],
          trust: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
          }),
          maxSessionSeconds: 3600,
          linkedTo: service,
          ...(input.Description !== undefined && { description: input.Description }),
        }
        changes.put('roles', role)
        return { Role: printedRole(iam, role, 'whole') }
      })
    },
  })

const nameInput = structure({ RoleName: required(roleName) })

/** Done at once; the task that AWS answers with has always succeeded. */
export const deleteServiceLinkedRole = ({ state }: Iam) =>
  iamOperation<InputOf<typeof nameInput>, object>({
    name: 'DeleteServiceLinkedRole',
    readOnly: false,
    input: nameInput,
    target: (input) => entityTarget(state, 'role', input.RoleName),
    run: (input) =>
      state.change((changes) => {
        const role = roleNamed(state, input.RoleName)
        if (role.linkedTo === undefined)
          throw noSuchEntity(`The service-linked role ${input.RoleName} cannot be found.`)
        changes.remove('roles', role.id)
        return { DeletionTaskId: `task${role.path}${role.name}/${randomUUID()}` }
      }),
  })

const taskInput = structure({ DeletionTaskId: required(string({ min: 1, max: 1000 })) })

export const getServiceLinkedRoleDeletionStatus = ({ state }: Iam) =>
  iamOperation<InputOf<typeof taskInput>, object>({
    name: 'GetServiceLinkedRoleDeletionStatus',
    readOnly: true,
    input: taskInput,
    target: () => wholeAccount,
    run: ({ DeletionTaskId }) => {
      const [, name = ''] = /^task\/aws-service-role\/[^/]+\/([^/]+)\/[0-9a-f-]{36}$/.exec(DeletionTaskId) ?? []
      if (name === '') throw invalidInput('Invalid deletion task id')
      return { Status: state.roles.isTaken(name) ? 'NOT_STARTED' : 'SUCCEEDED' }
    },
  })
