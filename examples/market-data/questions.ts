/** Three questions about the prices, each answered by what its index or key makes cheap. */
import { type DynamoDBDocumentClient, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { movesIndex, tableName } from './trades-table.ts'

export interface Day {
  readonly Date: string
  readonly Close: number
  readonly ChangePercent: number
}

export interface Fall {
  readonly peak: { readonly Date: string; readonly Close: number }
  readonly trough: { readonly Date: string; readonly Close: number }
  readonly percent: number
}

export interface Growth {
  readonly Symbol: string
  readonly first: number
  readonly last: number
  readonly factor: number
}

/** Which days of the year were the worst? The index holds the moves in order, so this reads `count` items. */
export async function worstDays(documents: DynamoDBDocumentClient, symbolYear: string, count: number): Promise<Day[]> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: movesIndex,
      KeyConditionExpression: 'SymbolYear = :symbolYear',
      ExpressionAttributeValues: { ':symbolYear': symbolYear },
      Limit: count,
    }),
  )
  return (answer.Items ?? []).map((item) => ({
    Date: String(item['Date']),
    Close: Number(item['Close']),
    ChangePercent: Number(item['ChangePercent']),
  }))
}

/** How far did the close fall from its highest to its lowest after that? Reads a range of dates, in pages. */
export async function deepestFall(
  documents: DynamoDBDocumentClient,
  symbol: string,
  from: string,
  to: string,
): Promise<Fall> {
  const closes: { Date: string; Close: number }[] = []
  const pages = paginateQuery(
    { client: documents, pageSize: 200 },
    {
      TableName: tableName,
      KeyConditionExpression: 'Symbol = :symbol AND #date BETWEEN :from AND :to',
      ProjectionExpression: '#date, #close',
      ExpressionAttributeNames: { '#date': 'Date', '#close': 'Close' },
      ExpressionAttributeValues: { ':symbol': symbol, ':from': from, ':to': to },
    },
  )
  for await (const page of pages)
    for (const item of page.Items ?? []) closes.push({ Date: String(item['Date']), Close: Number(item['Close']) })

  const [first] = closes
  if (first === undefined) throw new Error(`no trades of ${symbol} between ${from} and ${to}`)
  let highest = first
  let deepest: Fall = { peak: first, trough: first, percent: 0 }
  for (const day of closes) {
    if (day.Close > highest.Close) highest = day
    const percent = (day.Close / highest.Close - 1) * 100
    if (percent < deepest.percent) deepest = { peak: highest, trough: day, percent }
  }
  return deepest
}

/** By what factor did each share grow over its whole series? Reads one item from each end of each key. */
export async function growthOf(documents: DynamoDBDocumentClient, symbols: readonly string[]): Promise<Growth[]> {
  const growths = await Promise.all(
    symbols.map(async (symbol) => {
      const [first, last] = await Promise.all([endOf(documents, symbol, true), endOf(documents, symbol, false)])
      return { Symbol: symbol, first, last, factor: last / first }
    }),
  )
  return growths.sort((a, b) => b.factor - a.factor)
}

async function endOf(documents: DynamoDBDocumentClient, symbol: string, earliest: boolean): Promise<number> {
  const answer = await documents.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'Symbol = :symbol',
      ExpressionAttributeValues: { ':symbol': symbol },
      ScanIndexForward: earliest,
      Limit: 1,
    }),
  )
  return Number(answer.Items?.[0]?.['Close'])
}
