import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grownSetText, sizedSetText } from './printed-sets.ts'

test('names are printed in the orders that were recorded from the service', () => {
  assert.equal(sizedSetText(['pk', 'sk', 'a', 'b', 'c']), 'sk, a, b, pk, c')
  assert.equal(grownSetText(['pk', 'sk', 'a']), 'a, sk, pk')
  assert.equal(sizedSetText(['pk', 'sk']), 'sk, pk')
})

test('a name is printed once', () => {
  assert.equal(grownSetText(['a', 'b', 'a']), 'a, b')
})

test('names of one bucket keep the order in which they were given', () => {
  // "Aa" and "BB" have the same hash in Java.
  assert.equal(sizedSetText(['BB', 'Aa']), 'BB, Aa')
  assert.equal(sizedSetText(['Aa', 'BB']), 'Aa, BB')
})
