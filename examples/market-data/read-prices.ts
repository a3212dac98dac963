/** Reads the real prices that the npm package `vega-datasets` ships. */
import { readFile } from 'node:fs/promises'

export interface Trade {
  readonly Symbol: string
  /** ISO date; the first of the month for the monthly series. */
  readonly Date: string
  readonly Close: number
  readonly Open?: number
  readonly High?: number
  readonly Low?: number
  readonly Volume?: number
  /** Change of the close against the series' row before, in percent; none on its first row. */
  readonly ChangePercent?: number
  /** Partition key of the index of moves, such as `SP500#2008`; there where ChangePercent is. */
  readonly SymbolYear?: string
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Daily bars of the S&P 500 index, January 2000 to April 2020. */
export async function readDailyIndex(): Promise<Trade[]> {
  const rows = await readRows('sp500-2000.csv')
  return withChanges(
    rows.map(([date = '', open, high, low, close, , volume]) => ({
      Symbol: 'SP500',
      Date: date,
      Open: Number(open),
      High: Number(high),
      Low: Number(low),
      Close: Number(close),
      Volume: Number(volume),
    })),
  )
}

/** Monthly closes of five shares, January 2000 to March 2010. */
export async function readMonthlyShares(): Promise<Trade[]> {
  const rows = await readRows('stocks.csv')
  return withChanges(
    rows.map(([symbol = '', date = '', price]) => ({ Symbol: symbol, Date: isoDate(date), Close: Number(price) })),
  )
}

async function readRows(name: string): Promise<string[][]> {
  const file = new URL(`../data/${name}`, import.meta.resolve('vega-datasets'))
  const [, ...lines] = (await readFile(file, 'utf8')).trim().split('\n')
  return lines.map((line) => line.trim().split(','))
}

function withChanges(trades: readonly Trade[]): Trade[] {
  return trades.map((trade, index) => {
    const before = trades[index - 1]
    if (before === undefined || before.Symbol !== trade.Symbol) return trade
    const change = (trade.Close / before.Close - 1) * 100
    return {
      ...trade,
      ChangePercent: Number(change.toFixed(4)),
      SymbolYear: `${trade.Symbol}#${trade.Date.slice(0, 4)}`,
    }
  })
}

/** `Mar 1 2004` → `2004-03-01` */
function isoDate(text: string): string {
  const [month = '', day = '', year = ''] = text.split(' ')
  return `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`
}
