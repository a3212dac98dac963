import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalPolicy, withVersion } from './canonical-policy.ts'
import type { PolicyDocument, Statement } from './document.ts'
import { policyOf } from './parse-policy.ts'

const account = '123456789012'
const oneOrMore = (values: fc.Arbitrary<string>) => fc.oneof(values, fc.array(values, { minLength: 1, maxLength: 3 }))
const principal = fc.constantFrom(account, `arn:aws:iam::${account}:root`, `arn:aws:iam::${account}:user/ann`)
const resource = fc.constantFrom('*', `arn:aws:dynamodb:us-east-1:${account}:table/T`)
const statement = fc.record(
  {
    Condition: fc.constantFrom(
      { Bool: { 'aws:SecureTransport': 'true' } },
      { StringEquals: { 'aws:username': ['a'] } },
    ),
    Resource: oneOrMore(resource),
    Action: oneOrMore(fc.constantFrom('dynamodb:GetItem', 'dynamodb:*')),
    Principal: fc.record({ AWS: oneOrMore(principal) }),
    Effect: fc.constantFrom('Allow', 'Deny'),
  },
  { requiredKeys: ['Resource', 'Action', 'Principal', 'Effect'] },
)
const document = fc.record(
  {
    Statement: fc.oneof(statement, fc.array(statement, { minLength: 1, maxLength: 3 })),
    Version: fc.constantFrom('2012-10-17', '2008-10-17'),
  },
  { requiredKeys: ['Statement'] },
)

/** What decides of a policy: all but where it stands in the text, and how accounts are written. */
function meaning({ version, statements }: PolicyDocument): unknown {
  return [
    version,
    statements.map(({ span: _span, principal: element, ...rest }: Statement) => ({
      ...rest,
      principal: [
        ...new Set(element?.names.map(({ name }) => (name === account ? `arn:aws:iam::${account}:root` : name))),
      ],
    })),
  ]
}

test('the canonical form says the same, is its own canonical form, and has no white space', () => {
  fc.assert(
    fc.property(document, fc.constantFrom(0, 2, 4), (made, indent) => {
      const text = JSON.stringify(made, null, indent)
      const canonical = canonicalPolicy(text)
      assert.equal(canonicalPolicy(canonical), canonical)
      assert.doesNotMatch(canonical, /\s/)
      assert.deepEqual(meaning(policyOf(canonical, 'resource')), meaning(policyOf(text, 'resource')))
      assert.deepEqual(meaning(policyOf(withVersion(canonical), 'resource')), meaning(policyOf(text, 'resource')))
    }),
  )
})

test('a policy with a Version is shown as it is, and one without with that of 2008', () => {
  const bare = '{"Statement":[]}'
  assert.equal(withVersion(bare), '{"Version":"2008-10-17","Statement":[]}')
  assert.equal(withVersion(withVersion(bare)), withVersion(bare))
})
