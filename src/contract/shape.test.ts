import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ServiceError } from '../foundation/service-error.ts'
import { checkShape, type InputOf, optional, printed, required, structure } from './shape.ts'
import { list, map } from './shape-collections.ts'
import { boolean, integer, string } from './shape-scalars.ts'

const part = structure({ Name: required(string({ min: 2 })), Count: optional(integer({ min: 1, max: 9 })) }, 'Part')
const whole = structure({
  Title: required(string({ pattern: '[a-z]+', max: 5 })),
  Mode: optional(string({ oneOf: ['ON', 'OFF'] })),
  Parts: optional(list(part, { min: 1, max: 2 })),
  ByName: optional(map(list(integer()), { eachValue: { min: 1, max: 2 } })),
  Flag: optional(boolean),
  Loud: optional(integer({ min: 1 }), { name: 'LOUD', hidesValue: true }),
})

function refusal(raw: unknown): string {
  try {
    checkShape(whole, raw)
  } catch (error) {
    assert.ok(error instanceof ServiceError)
    assert.equal(error.code, 'ValidationException')
    return error.message
  }
  return assert.fail('it was accepted')
}

test('a sound request comes back typed, without what is null or unknown', () => {
  const raw = JSON.parse('{"Title":"abc","Mode":null,"Other":1,"Parts":[{"Name":"xy","__proto__":{"Count":0}}]}')
  const value: InputOf<typeof whole> = checkShape(whole, raw)
  assert.equal(value.Flag, undefined)
  assert.deepEqual(value, { Title: 'abc', Parts: [{ Name: 'xy' }] })
})

test('what is missing is null in the message', () => {
  assert.equal(
    refusal({}),
    "1 validation error detected: Value null at 'title' failed to satisfy constraint: Member must not be null",
  )
})

test('violations are listed in the order of the declaration, with paths', () => {
  assert.equal(
    refusal({ Mode: 'x', Title: 'TOO LONG', Parts: [{ Name: 'a', Count: 10 }, null] }),
    "6 validation errors detected: Value 'TOO LONG' at 'title' failed to satisfy constraint: " +
      'Member must satisfy regular expression pattern: [a-z]+; ' +
      "Value 'TOO LONG' at 'title' failed to satisfy constraint: Member must have length less than or equal to 5; " +
      "Value 'x' at 'mode' failed to satisfy constraint: Member must satisfy enum value set: [ON, OFF]; " +
      "Value 'a' at 'parts.1.member.name' failed to satisfy constraint: Member must have length greater than or equal to 2; " +
      "Value '10' at 'parts.1.member.count' failed to satisfy constraint: Member must have value less than or equal to 9; " +
      "Value null at 'parts.2.member' failed to satisfy constraint: Member must not be null",
  )
})

test('no more than ten violations are listed', () => {
  const parts = Array.from({ length: 20 }, () => ({ Name: 'a' }))
  assert.match(refusal({ Title: 'a', Parts: parts }), /^10 validation errors detected: /)
})

test('a list out of bounds is repeated as the service prints structures', () => {
  assert.equal(
    refusal({ Title: 'a', Parts: [{ Name: 'ab' }, { Name: 'cd', Count: 1 }, { Name: 'ef' }] }),
    "1 validation error detected: Value '[Part(name=ab, count=null), Part(name=cd, count=1), Part(name=ef, count=null)]' " +
      "at 'parts' failed to satisfy constraint: Member must have length less than or equal to 2",
  )
})

test('a map with a value out of bounds is refused whole', () => {
  assert.equal(
    refusal({ Title: 'a', ByName: { x: [1], y: [] } }),
    "1 validation error detected: Value '{x=[1], y=[]}' at 'byName' failed to satisfy constraint: Map value must " +
      'satisfy constraint: [Member must have length less than or equal to 2, Member must have length greater than or equal to 1]',
  )
})

test('a member may have a name of its own in messages, and keep its value to itself', () => {
  assert.equal(
    refusal({ Title: 'a', Loud: 0 }),
    "1 validation error detected: Value at 'LOUD' failed to satisfy constraint: Member must have value greater than or equal to 1",
  )
})

test('a request that is no object is a SerializationException without words', () => {
  for (const raw of [null, undefined, 'text', 5, true]) {
    assert.throws(() => checkShape(whole, raw), { code: 'SerializationException', message: '' })
  }
})

test('keys of maps are the caller’s own, whatever they are called', () => {
  const raw = JSON.parse('{"Title":"a","ByName":{"__proto__":[1],"constructor":[2]}}')
  const value = checkShape(whole, raw)
  assert.deepEqual(Object.keys(value.ByName ?? {}), ['__proto__', 'constructor'])
  assert.equal(printed(map(list(integer())), value.ByName), '{__proto__=[1], constructor=[2]}')
})

test('conversion never throws anything but a SerializationException, and never changes its input', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => {
      const before = JSON.stringify(raw)
      try {
        checkShape(whole, { Title: raw, Parts: raw, ByName: raw, Flag: raw, Loud: raw })
      } catch (error) {
        assert.ok(error instanceof ServiceError, String(error))
        assert.match(error.code, /^(SerializationException|ValidationException)$/)
      }
      assert.equal(JSON.stringify(raw), before)
    }),
  )
})
