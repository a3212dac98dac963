/** `aws ec2`, unmodified, over HTTPS: an endpoint's life, and `aws dynamodb` through it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RunningCoffer, runCoffer, runCofferCommand } from '../run-coffer.ts'
import { awsCli, awsCliMissing } from './aws-cli.ts'
import { privateNetwork } from './private-network.ts'

let coffer: RunningCoffer
let openVpc: string
before(async () => {
  if (awsCliMissing) return
  // The CLI calls from whatever address of loopback the system gives it.
  const network = await privateNetwork({ openRange: '127.0.0.0/8' })
  openVpc = network.openVpcId
  coffer = await runCoffer({ args: ['--networks', network.file] })
})
after(() => coffer?.stop())

type Answer = Readonly<Record<string, unknown>>

test('an endpoint made, used, modified and deleted by the CLI', { skip: awsCliMissing }, async () => {
  const ec2 = (...args: readonly string[]) => awsCli(coffer, args, coffer.httpsEndpoint, 'ec2')
  const made = (
    await ec2('create-vpc-endpoint', '--vpc-id', openVpc, '--service-name', 'com.amazonaws.us-east-1.dynamodb')
  )['VpcEndpoint'] as Answer & { DnsEntries: readonly Answer[]; VpcEndpointId: string }
  const address = `https://${String(made.DnsEntries[0]?.['DnsName'])}`
  assert.deepEqual((await awsCli(coffer, ['list-tables'], address))['TableNames'], [])
  const policy = '{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}'
  const id = made.VpcEndpointId
  const modified = await ec2('modify-vpc-endpoint', '--vpc-endpoint-id', id, '--policy-document', policy)
  assert.equal(modified['Return'], true)
  await assert.rejects(awsCli(coffer, ['list-tables'], address), /explicit deny in a VPC endpoint policy/)
  const { VpcEndpoints } = await ec2('describe-vpc-endpoints', '--vpc-endpoint-ids', id)
  assert.equal((VpcEndpoints as readonly Answer[])[0]?.['PolicyDocument'], policy)
  assert.deepEqual((await ec2('delete-vpc-endpoints', '--vpc-endpoint-ids', id))['Unsuccessful'], [])
  await assert.rejects(ec2('create-vpc-endpoint', '--vpc-id', openVpc, '--service-name', 'x'), /InvalidServiceName/)
})

test('`coffer check` looks at endpoints', { skip: awsCliMissing }, async () => {
  await awsCli(
    coffer,
    ['create-vpc-endpoint', '--vpc-id', openVpc, '--service-name', 'com.amazonaws.us-east-1.dynamodb'],
    coffer.httpsEndpoint,
    'ec2',
  )
  await coffer.kill('SIGTERM')
  const { exitCode, output } = await runCofferCommand(['check', '--data', coffer.folder])
  assert.equal(exitCode, 0, output)
  assert.match(output, /private endpoints of 000000000000 in us-east-1/)
})
