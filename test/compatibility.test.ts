/** docs/compatibility.md says what the operation tables say. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { awsOperations } from '../scripts/aws-model.ts'
import { compatibility, compatibilityFile } from '../scripts/print-compatibility.ts'
import { operation } from '../src/contract/operation.ts'
import type { Service } from '../src/contract/service.ts'
import { optional, shapeOf, structure } from '../src/contract/shape.ts'
import { list } from '../src/contract/shape-collections.ts'
import { string } from '../src/contract/shape-scalars.ts'

test('the committed page is the one that the tables print', async () => {
  assert.equal(
    await readFile(compatibilityFile, 'utf8'),
    await compatibility(),
    'docs/compatibility.md is stale: run `npm run compatibility`',
  )
})

test('the model has the operations that AWS publishes', async () => {
  const names = (await awsOperations('DynamoDB_20120810'))?.map(({ name }) => name)
  assert.ok(names !== undefined && names.length >= 62)
  for (const name of ['SearchVectors', 'TransactWriteItems', 'UpdateTimeToLive']) assert.ok(names.includes(name), name)
})

test('each parameter is done, refused or absent, and operations that are not there are planned', async () => {
  const refused = optional({ ...shapeOf((raw) => raw), refused: true as const })
  const audit = { category: 'Management', readOnly: false, requestParameters: () => null, resources: () => [] } as const
  const part = { access: () => [], audit, run: () => ({}), kind: 'control-write' } as const
  const service: Service = {
    ...{ name: 'dynamodb', signingName: 'dynamodb', protocol: 'json-1.0', errorNamespace: '', apiVersion: '' },
    targetPrefix: 'DynamoDB_20120810',
    operations: [
      operation({
        ...part,
        name: 'CreateBackup',
        input: structure({ TableName: optional(string()), BackupName: refused }),
      }),
      operation({
        ...part,
        name: 'TagResource',
        input: structure({ Tags: optional(list(structure({ Key: optional(string()) }))) }),
      }),
    ],
  }
  const page = await compatibility([service, { ...service, name: 'other', targetPrefix: 'Unknown' }])
  assert.match(page, /### CreateBackup\n\n- done: `TableName`\n- refused: `BackupName`\n\n/)
  assert.match(page, /### TagResource\n\n- done: `Tags`\n- absent: `ResourceArn`, `Tags\[\]\.Value`\n\n/)
  assert.match(page, /### Planned\n\nBatchExecuteStatement, BatchGetItem, .*, UpdateTimeToLive\./)
  assert.match(page, /## other: `Unknown`\n\nAWS JSON 1\.0\. 2 operations; AWS's model is not at hand/)
})
