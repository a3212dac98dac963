import assert from 'node:assert/strict'
import { test } from 'node:test'
import { booleanOf, checkWireTypes } from './wire-types.ts'

const structure = 'Start of structure or map found where not expected'
const lastBits = 'Invalid last non-pad Base64 character dectected'

const refused: readonly (readonly [json: string, message: string])[] = [
  ['"a"', 'Unexpected value type in payload'],
  ['5', 'Unexpected value type in payload'],
  ['true', 'Unexpected value type in payload'],
  ['[]', 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue'],
  ['{"S":5}', 'NUMBER_VALUE cannot be converted to String'],
  ['{"S":5.5}', 'DECIMAL_VALUE cannot be converted to String'],
  ['{"S":true}', 'TRUE_VALUE cannot be converted to String'],
  ['{"N":5}', 'NUMBER_VALUE cannot be converted to String'],
  ['{"N":false}', 'FALSE_VALUE cannot be converted to String'],
  ['{"S":{}}', structure],
  ['{"S":[]}', 'Unrecognized collection type class java.lang.String'],
  ['{"B":5}', 'only base-64-encoded strings are convertible to bytes'],
  ['{"B":true}', 'only base-64-encoded strings are convertible to bytes'],
  ['{"B":[]}', 'Unrecognized collection type class java.nio.ByteBuffer'],
  ['{"B":{}}', structure],
  ['{"B":"abc"}', 'Base64 encoded length is expected a multiple of 4 bytes but found: 3'],
  ['{"B":"=+/="}', lastBits],
  ['{"B":"+/+="}', lastBits],
  ['{"B":"YR=="}', lastBits],
  ['{"B":"a b="}', lastBits],
  ['{"BOOL":1}', 'NUMBER_VALUE cannot be converted to Boolean'],
  ['{"BOOL":"x"}', 'Unexpected token received from parser'],
  ['{"NULL":"maybe"}', 'Unexpected token received from parser'],
  ['{"BOOL":{}}', structure],
  ['{"BOOL":[]}', 'Unrecognized collection type class java.lang.Boolean'],
  ['{"SS":"a"}', 'Unexpected field type'],
  ['{"SS":{}}', structure],
  ['{"SS":[1]}', 'NUMBER_VALUE cannot be converted to String'],
  ['{"NS":[1]}', 'NUMBER_VALUE cannot be converted to String'],
  ['{"BS":["abc"]}', 'Base64 encoded length is expected a multiple of 4 bytes but found: 3'],
  ['{"L":{}}', structure],
  ['{"L":"a"}', 'Unexpected field type'],
  ['{"L":["a"]}', 'Unexpected value type in payload'],
  ['{"L":[{"BS":[true]}]}', 'only base-64-encoded strings are convertible to bytes'],
  ['{"M":"a"}', 'Unexpected field type'],
  [
    '{"M":[]}',
    'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
  ],
  ['{"M":{"a":"b"}}', 'Unexpected value type in payload'],
  ['{"M":{"__proto__":{"S":5}}}', 'NUMBER_VALUE cannot be converted to String'],
]
for (const [json, message] of refused) {
  test(`${json} is no attribute value`, () =>
    assert.throws(() => checkWireTypes(JSON.parse(json)), {
      name: 'SerializationException',
      namespace: 'coral',
      messageMember: 'Message',
      message,
    }))
}

const accepted = [
  '{}',
  'null',
  '{"S":""}',
  '{"N":"not a number yet"}',
  '{"B":""}',
  '{"B":"YWI="}',
  '{"B":"+/+8"}',
  '{"BOOL":"YES"}',
  '{"NULL":"0"}',
  '{"SS":[]}',
  '{"SS":[null]}',
  '{"S":null,"L":[null,{"M":{}}]}',
  '{"unknown":5,"M":{"a":{"x":[]}}}',
]
for (const json of accepted) {
  test(`${json} has the right types`, () => assert.doesNotThrow(() => checkWireTypes(JSON.parse(json))))
}

test('some texts are booleans', () => {
  assert.deepEqual(['true', 'Yes', '1', 'FALSE', 'no', '0'].map(booleanOf), [true, true, true, false, false, false])
  assert.deepEqual([true, 'on', 1, null].map(booleanOf), [true, undefined, undefined, undefined])
})
