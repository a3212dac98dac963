import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributesNamed } from './attributes-named.ts'
import { parseExpressions } from './parse-expressions.ts'

const values = { ':v': { S: 'v' }, ':n': { N: '1' }, ':l': { L: [] } }

test('every attribute that any expression names is listed once, by its top-level name', () => {
  const parsed = parseExpressions({
    update: 'SET a.x = if_not_exists(b.y, c) + :n, d = list_append(e, :l) REMOVE f[1] ADD g :n',
    condition: 'attribute_exists(h) AND NOT size(i.z) > :n OR begins_with(j, :v) OR a IN (k, :v)',
    filter: 'contains(l1, :v) AND m1 BETWEEN n1 AND o1 AND attribute_not_exists(p) OR attribute_type(q1, :t)',
    projection: 'r, #s.t, a',
    keyCondition: 'u = :v',
    names: { '#s': 's' },
    values: { ...values, ':t': { S: 'S' } },
  })
  const named = [...attributesNamed(parsed)]
  assert.deepEqual(named, [
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'],
    ...['l1', 'm1', 'n1', 'o1', 'p', 'q1', 'u', 'r', 's'],
  ])
})

test('no expressions name nothing', () => assert.equal(attributesNamed({}).size, 0))
