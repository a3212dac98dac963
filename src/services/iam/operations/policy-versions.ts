/** CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, SetDefaultPolicyVersion and DeletePolicyVersion. */
import type { InputOf } from '../../../contract/shape.ts'
import { deleteConflict, limitExceeded, noSuchEntity } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { iamOperation } from '../iam-operation.ts'
import { page } from '../pages.ts'
import { checkPolicySize, ownPolicyWith, policyTarget, policyWith } from '../policies.ts'
import { checkDocument } from '../policy-documents.ts'
import { printedVersion } from '../printed.ts'
import { quotas } from '../quotas.ts'
import type { PolicyRecord, PolicyVersionRecord } from '../records.ts'
import { arn, boolean, document, optional, paged, required, structure, versionId } from '../shapes.ts'

const createInput = structure({
  PolicyArn: required(arn),
  PolicyDocument: required(document),
  SetAsDefault: optional(boolean),
})

export const createPolicyVersion = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof createInput>, object>({
    name: 'CreatePolicyVersion',
    readOnly: false,
    input: createInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) =>
      state.change((changes) => {
        const policy = ownPolicyWith(state, input.PolicyArn)
        checkDocument(input.PolicyDocument, 'managed')
        checkPolicySize(input.PolicyDocument)
        if (policy.versions.length >= quotas.versionsPerPolicy) {
          throw limitExceeded(
            `A managed policy can have up to ${quotas.versionsPerPolicy} versions. Before you create a new version, you must delete an existing version.`,
          )
        }
        const createdAtMs = clock.nowMs()
        const version = { number: policy.lastVersion + 1, document: input.PolicyDocument, createdAtMs }
        const changed = {
          ...policy,
          versions: [...policy.versions, version],
          lastVersion: version.number,
          updatedAtMs: createdAtMs,
          ...(input.SetAsDefault === true && { defaultVersion: version.number }),
        }
        changes.put('policies', changed)
        const { Document: _notShown, ...shown } = printedVersion(changed, version, 'whole')
        return { PolicyVersion: shown }
      }),
  })

const versionInput = structure({ PolicyArn: required(arn), VersionId: required(versionId) })

export const getPolicyVersion = ({ state }: Iam) =>
  iamOperation<InputOf<typeof versionInput>, object>({
    name: 'GetPolicyVersion',
    readOnly: true,
    input: versionInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) => {
      const policy = policyWith(state, input.PolicyArn)
      const version = versionOf(policy, input.PolicyArn, input.VersionId)
      return { PolicyVersion: printedVersion(policy, version, 'whole') }
    },
  })

const listInput = structure({ PolicyArn: required(arn), ...paged })

export const listPolicyVersions = ({ state }: Iam) =>
  iamOperation<InputOf<typeof listInput>, object>({
    name: 'ListPolicyVersions',
    readOnly: true,
    input: listInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) => {
      const policy = policyWith(state, input.PolicyArn)
      // The newest first.
      const keyOf = ({ number }: PolicyVersionRecord) => String(1_000_000_000 - number)
      const { items, end } = page([...policy.versions].reverse(), input, keyOf)
      return { Versions: items.map((version) => printedVersion(policy, version, 'listed')), ...end }
    },
  })

export const setDefaultPolicyVersion = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof versionInput>, undefined>({
    name: 'SetDefaultPolicyVersion',
    readOnly: false,
    input: versionInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) =>
      state.change((changes) => {
        const policy = ownPolicyWith(state, input.PolicyArn)
        const { number } = versionOf(policy, input.PolicyArn, input.VersionId)
        changes.put('policies', { ...policy, defaultVersion: number, updatedAtMs: clock.nowMs() })
        return undefined
      }),
  })

export const deletePolicyVersion = ({ state, clock }: Iam) =>
  iamOperation<InputOf<typeof versionInput>, undefined>({
    name: 'DeletePolicyVersion',
    readOnly: false,
    input: versionInput,
    target: (input) => policyTarget(state, input.PolicyArn),
    run: (input) =>
      state.change((changes) => {
        const policy = ownPolicyWith(state, input.PolicyArn)
        const version = versionOf(policy, input.PolicyArn, input.VersionId)
        if (version.number === policy.defaultVersion) {
          throw deleteConflict('Cannot delete the default version of a policy.')
        }
        const versions = policy.versions.filter((one) => one !== version)
        changes.put('policies', { ...policy, versions, updatedAtMs: clock.nowMs() })
        return undefined
      }),
  })

function versionOf(policy: PolicyRecord, policyArn: string, id: string): PolicyVersionRecord {
  const found = policy.versions.find(({ number }) => `v${number}` === id)
  if (found === undefined) {
    throw noSuchEntity(`Policy ${policyArn} version ${id} does not exist or is not attachable.`)
  }
  return found
}
