import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MalformedPolicy } from './document.ts'
import { charactersWithoutWhiteSpace, parsePolicy, policyOf, policyTextCharactersMax } from './parse-policy.ts'

/** What is refused and in which words are cases in test/authorization-cases/documents/. */
test('white space does not count against quotas', () => {
  assert.equal(charactersWithoutWhiteSpace(' {\n\t"a" : "b c" }\r\n'), '{"a":"bc"}'.length)
})

test('a document longer than any service takes is refused unread', () => {
  const text = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
  assert.ok(!(parsePolicy(text.padEnd(policyTextCharactersMax), 'managed') instanceof MalformedPolicy))
  assert.ok(parsePolicy(text.padEnd(policyTextCharactersMax + 1), 'managed') instanceof MalformedPolicy)
})

test('a policy of our own that is malformed is a defect', () => {
  assert.throws(() => policyOf('{}', 'managed'), TypeError)
})
