import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { deepestFall, growthOf, worstDays } from '../../examples/market-data/questions.ts'
import { readDailyIndex, readMonthlyShares } from '../../examples/market-data/read-prices.ts'
import { createTradesTable, loadTrades } from '../../examples/market-data/trades-table.ts'
import { type ServerUnderTest, sdkClient, startServerUnderTest } from './server-under-test.ts'

let server: ServerUnderTest
let client: DynamoDBClient
let documents: DynamoDBDocumentClient

before(async () => {
  server = await startServerUnderTest()
  client = await sdkClient(server)
  documents = DynamoDBDocumentClient.from(client)
  const trades = [...(await readDailyIndex()), ...(await readMonthlyShares())]
  await createTradesTable(client)
  await loadTrades(documents, trades)
})
after(async () => {
  client?.destroy()
  await server?.stop()
})

/** The files read anew, by other code than the example's. */
function csv(name: string): Record<string, string>[] {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.resolve('vega-datasets')), 'utf8')
  const [header = '', ...rows] = text.split(/\r?\n/).filter((line) => line !== '')
  const names = header.split(',')
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, column) => [names[column] ?? '', cell])))
}

test('every price of the files is in the table, once', async () => {
  const found = new Map<string, number>()
  for await (const page of paginateScan({ client: documents }, { TableName: 'Trades' }))
    for (const item of page.Items ?? []) found.set(`${item['Symbol']} ${item['Date']}`, item['Close'])
  const daily = csv('sp500-2000.csv')
  assert.equal(found.size, daily.length + csv('stocks.csv').length)
  for (const row of daily) assert.equal(found.get(`SP500 ${row['date']}`), Number(row['close']))
})

test('the worst days of 2008 come from the index in order', async () => {
  const rows = csv('sp500-2000.csv')
  const expected = rows
    .map((row, index) => ({ row, change: Number(row['close']) / Number(rows[index - 1]?.['close']) - 1 }))
    .filter(({ row }) => row['date']?.startsWith('2008'))
    .sort((a, b) => a.change - b.change)
    .slice(0, 5)
  const days = await worstDays(documents, 'SP500#2008', 5)
  assert.deepEqual(
    days.map((day) => day.Date),
    expected.map(({ row }) => row['date']),
  )
  assert.equal(days[0]?.Date, '2008-10-15')
  for (const [index, day] of days.entries())
    assert.ok(Math.abs(day.ChangePercent - (expected[index]?.change ?? 0) * 100) < 0.0001)
})

test('the deepest fall from 2007 to 2009 is found over pages', async () => {
  const closes = csv('sp500-2000.csv').filter(({ date = '' }) => date >= '2007-01-01' && date <= '2009-12-31')
  let expected = 0
  for (const [at, peak] of closes.entries())
    for (const later of closes.slice(at))
      expected = Math.min(expected, Number(later['close']) / Number(peak['close']) - 1)
  const fall = await deepestFall(documents, 'SP500', '2007-01-01', '2009-12-31')
  assert.equal(fall.peak.Date, '2007-10-09')
  assert.equal(fall.trough.Date, '2009-03-09')
  assert.ok(Math.abs(fall.percent - expected * 100) < 1e-9)
})

test('the shares are ranked by their growth', async () => {
  const bySymbol = Map.groupBy(csv('stocks.csv'), (row) => row['symbol'] ?? '')
  const expected = [...bySymbol]
    .map(([symbol, rows]) => ({ symbol, factor: Number(rows.at(-1)?.['price']) / Number(rows[0]?.['price']) }))
    .sort((a, b) => b.factor - a.factor)
  const growths = await growthOf(documents, [...bySymbol.keys()])
  assert.deepEqual(
    growths.map(({ Symbol: symbol, factor }) => ({ symbol, factor })),
    expected,
  )
})
