/** Loads the prices and prints the three answers. The SDK finds the server by its usual environment variables. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { deepestFall, growthOf, worstDays } from './questions.ts'
import { readDailyIndex, readMonthlyShares } from './read-prices.ts'
import { createTradesTable, loadTrades } from './trades-table.ts'

const client = new DynamoDBClient({})
const documents = DynamoDBDocumentClient.from(client)

const trades = [...(await readDailyIndex()), ...(await readMonthlyShares())]
await createTradesTable(client)
await loadTrades(documents, trades)
print(`Loaded ${trades.length} prices into Trades.\n`)

print('The five worst days of the S&P 500 in 2008:')
for (const day of await worstDays(documents, 'SP500#2008', 5))
  print(`  ${day.Date}  ${day.ChangePercent.toFixed(2).padStart(6)} %  closed at ${day.Close.toFixed(2)}`)

const fall = await deepestFall(documents, 'SP500', '2007-01-01', '2009-12-31')
print('\nIts deepest fall from 2007 to 2009:')
print(
  `  from ${fall.peak.Close.toFixed(2)} on ${fall.peak.Date} to ${fall.trough.Close.toFixed(2)} on ${fall.trough.Date}`,
)
print(`  ${fall.percent.toFixed(1)} %`)

print('\nGrowth of five shares over their series, the greatest first:')
for (const { Symbol: symbol, first, last, factor } of await growthOf(documents, [
  'AAPL',
  'AMZN',
  'GOOG',
  'IBM',
  'MSFT',
]))
  print(
    `  ${symbol.padEnd(5)} ${first.toFixed(2).padStart(7)} → ${last.toFixed(2).padStart(7)}  × ${factor.toFixed(2)}`,
  )

client.destroy()

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
