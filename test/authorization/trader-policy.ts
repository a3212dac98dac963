/** The example policy of AWS's "FSI Services Spotlight: Amazon DynamoDB", for this account. */
import { tradesArn } from './bank.ts'

export const sixAttributes = ['TraderId', 'TradeId', 'Stock', 'Price', 'Quantity', 'TradeDateTime']
// The text of the variable is the policy's, not a template of this file's.
export const userId = `$${'{www.amazon.com:user_id}'}`

export const ownTradesOnly = {
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [userId], 'dynamodb:Attributes': sixAttributes },
  StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
}

export const traderStatement = {
  Sid: 'AllowReadOnlyAccessToOnlyTradesMatchingTraderID',
  Effect: 'Allow',
  Action: ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'ConditionCheckItem'].map((action) => `dynamodb:${action}`),
  Resource: [tradesArn],
  Condition: ownTradesOnly,
}
