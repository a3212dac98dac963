import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf } from './parse-policy.ts'
import { grantsPublicAccess } from './public-access.ts'

function isPublic(Condition: object | undefined, more: object = {}): boolean {
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: '*', Condition, ...more }
  return grantsPublicAccess(policyOf(JSON.stringify({ Version: '2012-10-17', Statement }), 'resource'))
}

const variable = (key: string) => `\${${key}}`
const rows: readonly (readonly [isPublic: boolean, condition: object | undefined])[] = [
  [true, undefined],
  [false, { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
  [false, { StringEquals: { 'AWS:principalorgid': ['o-a1b2c3d4e5', 'o-b1b2c3d4e5'] } }],
  [false, { StringEquals: { 'aws:PrincipalAccount': '123456789012' } }],
  [false, { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }],
  [false, { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/*' } }],
  [false, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
  [false, { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }],
  [true, { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }],
  [true, { StringEquals: { 'aws:PrincipalAccount': variable('aws:ResourceAccount') } }],
  [true, { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } }],
  [true, { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '0.0.0.0/0'] } }],
  [true, { StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
  [true, { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }],
  [true, { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }],
  [true, { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }],
  [true, { Null: { 'aws:PrincipalOrgID': 'true' } }],
  [true, { StringEquals: { 'aws:UserAgent': 'mine' } }],
]
for (const [expected, condition] of rows) {
  test(`an Allow for everyone ${expected ? 'is' : 'is not'} public under ${JSON.stringify(condition)}`, () => {
    assert.equal(isPublic(condition), expected)
    assert.equal(isPublic(condition, { Principal: { AWS: ['123456789012', '*'] } }), expected)
    assert.equal(isPublic(condition, { Effect: 'Deny' }), false)
    assert.equal(isPublic(condition, { Principal: { AWS: '123456789012' } }), false)
  })
}
