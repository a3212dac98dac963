import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { OperatorError } from './foundation/operator-error.ts'
import { readGuardrails } from './guardrails.ts'

const account = '123456789012'
let folder: string
let path: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-organization-'))
  path = join(folder, 'guardrails.yaml')
  await writeFile(join(folder, 'no-deletes.json'), policy('Deny', { Action: 'dynamodb:Delete*' }))
  await writeFile(join(folder, 'broken.json'), policy('Maybe'))
})
after(() => rm(folder, { recursive: true, force: true }))

function policy(Effect: string, more: object = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action: '*', Resource: '*', ...more }] })
}

async function guardrails(text: string) {
  await writeFile(path, text)
  return readGuardrails(path, account)
}

const sound = `organization: o-a1b2c3d4e5
levels:
  - id: r-ab12
    service-control-policies: [FullAWSAccess, no-deletes.json]
  - id: ou-ab12-12345678
    resource-control-policies:
      - name: strangers
        document:
          Version: "2012-10-17"
          Statement:
            Effect: Deny
            Principal: "*"
            Action: dynamodb:*
            Resource: "*"
            Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": o-a1b2c3d4e5 } }
  - id: "${account}"
`

test('policies come by name, by file and written out; where none are named AWS’s own stand', async () => {
  const { id, path: place, serviceControl, resourceControl } = await guardrails(sound)
  assert.equal(id, 'o-a1b2c3d4e5')
  assert.equal(place, 'o-a1b2c3d4e5/r-ab12/ou-ab12-12345678/')
  const ids = (levels: typeof serviceControl) => levels.map((level) => level.map((one) => one.id))
  assert.deepEqual(ids(serviceControl), [['FullAWSAccess', 'no-deletes.json'], ['FullAWSAccess'], ['FullAWSAccess']])
  assert.deepEqual(ids(resourceControl), [
    ['RCPFullAWSAccess'],
    ['RCPFullAWSAccess', 'strangers'],
    ['RCPFullAWSAccess'],
  ])
})

test('JSON is as good as YAML, and the management account has no policies', async () => {
  const given = {
    organization: 'o-a1b2c3d4e5',
    'management-account': true,
    levels: [{ id: 'r-ab12', 'service-control-policies': ['no-deletes.json'] }, { id: account }],
  }
  const { path: place, serviceControl, resourceControl } = await guardrails(JSON.stringify(given, null, 2))
  assert.equal(place, 'o-a1b2c3d4e5/r-ab12/')
  assert.deepEqual([serviceControl, resourceControl], [[], []])
})

const level = (more: string) => `organization: o-a1b2c3d4e5\nlevels:\n  - id: r-ab12\n${more}  - id: "${account}"\n`
const scp = (more: string) => level(`    service-control-policies:\n${more}`)
const anything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const malformed: readonly (readonly [name: string, text: string, fault: string])[] = [
  ['what is no YAML', 'organization: [o-a\n', ':2: Flow sequence in block collection must be sufficiently indented'],
  [
    'an organisation without levels',
    'organization: o-a1b2c3d4e5\n',
    ':1: levels must be the root, units and the account, each with its id',
  ],
  ['another id', 'organization: mine\nlevels: []\n', ':1: organization must be an id such as o-a1b2c3d4e5'],
  ['a word that it does not know', level('').replace('levels', 'guards: 1\nlevels'), ':2: there is no "guards" here'],
  ['units before the root', level('').replace('r-ab12', 'ou-ab12-12345678'), ':3: the first level is the root'],
  ['another account', level('').replace(account, '999999999999'), `:4: the last level is the account, ${account}`],
  [
    'a level of no policies',
    level('    service-control-policies: []\n'),
    ':4: service-control-policies must be names, files, or policies with name and document; not none at all',
  ],
  ['a missing file', scp('      - gone.json\n'), ':5: there is no file FOLDER/gone.json'],
  [
    'a policy of the other kind',
    scp('      - RCPFullAWSAccess\n'),
    ':5: RCPFullAWSAccess is no policy of this kind; FullAWSAccess is',
  ],
  [
    'a document with a principal',
    scp(`      - FullAWSAccess\n      - name: x\n        document: ${policy('Deny', { Principal: '*' })}\n`),
    ':6: policy x: ',
  ],
  [
    'a resource control policy that allows',
    level(
      `    resource-control-policies:\n      - name: x\n        document: ${policy('Allow', { Principal: '*', Action: 's3:*' })}\n`,
    ),
    ':5: policy x: A resource control policy may only deny.',
  ],
  [
    'a document that is too long',
    scp(`      - name: x\n        document: ${JSON.stringify({ ...anything, Id: 'x'.repeat(11_000) })}\n`),
    ':5: policy x is longer than 10240 characters',
  ],
]
for (const [name, text, fault] of malformed) {
  test(`refused with its line: ${name}`, async () => {
    await assert.rejects(guardrails(text), (error) => {
      assert.ok(error instanceof OperatorError, String(error))
      const expected = `${path}${fault.replace('FOLDER', folder)}`
      assert.equal(error.message.slice(0, expected.length), expected)
      return true
    })
  })
}

test('a policy in a file of its own is refused by the name of that file', async () => {
  await assert.rejects(guardrails(scp('      - broken.json\n')), {
    name: 'OperatorError',
    message: new RegExp(`^${join(folder, 'broken.json')}: policy broken.json: .`),
  })
  await assert.rejects(readGuardrails(join(folder, 'absent.yaml'), account), {
    name: 'OperatorError',
    message: /there is no file/,
  })
})
