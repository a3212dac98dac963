import { operation } from '../../../contract/operation.ts'
import { type InputOf, optional, required, structure } from '../../../contract/shape.ts'
import { list } from '../../../contract/shape-collections.ts'
import { integer, string, timestamp } from '../../../contract/shape-scalars.ts'
import { ServiceError } from '../../../foundation/service-error.ts'
import { type RuleReport, ruleReport, statistics } from '../rule-report.ts'

/** Contributors shown unless told, and at most (AWS). */
const contributorsUsual = 10
const contributorsMax = 100
const msPerMinute = 60_000

const input = structure(
  {
    RuleName: required(string({ min: 1, max: 128 })),
    StartTime: required(timestamp),
    EndTime: required(timestamp),
    Period: required(integer({ min: 1 })),
    MaxContributorCount: optional(integer()),
    Metrics: optional(list(string({ oneOf: statistics }))),
    OrderBy: optional(string({ min: 1, max: 32 })),
  },
  'GetInsightRuleReportInput',
)
type Input = InputOf<typeof input>

type Output = { readonly KeyLabels: readonly string[] } & RuleReport

export const getInsightRuleReport = operation<Input, Output>({
  name: 'GetInsightRuleReport',
  kind: 'control-read',
  input,
  access: ({ RuleName }, { region, accountId }) => [
    {
      action: 'cloudwatch:GetInsightRuleReport',
      resource: `arn:aws:cloudwatch:${region}:${accountId}:insight-rule/${RuleName}`,
    },
  ],
  audit: {
    category: 'Management',
    readOnly: true,
    requestParameters: ({ RuleName, StartTime, EndTime, Period }) => ({
      ruleName: RuleName,
      startTime: StartTime,
      endTime: EndTime,
      period: Period,
    }),
    resources: () => [],
  },
  run: async (input, ctx) => {
    const { RuleName, StartTime, EndTime, Period, MaxContributorCount = contributorsUsual, Metrics = [] } = input
    const { OrderBy = 'Sum' } = input
    if (EndTime <= StartTime) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    if (Period % 60 !== 0) throw invalidValue('The parameter Period must be a multiple of 60.')
    if (MaxContributorCount < 1 || MaxContributorCount > contributorsMax) {
      throw invalidValue(`The parameter MaxContributorCount must be between 1 and ${contributorsMax}.`)
    }
    if (OrderBy !== 'Sum' && OrderBy !== 'Maximum') {
      throw invalidValue('The parameter OrderBy must be one of Sum, Maximum.')
    }
    const scope = { accountId: ctx.accountId, region: ctx.region }
    const rule = await ctx.engine.contributors.findRule(scope, RuleName)
    if (rule === undefined) throw ruleNotFound(RuleName)
    const fromMs = Math.floor((StartTime * 1000) / msPerMinute) * msPerMinute
    const { table, index } = rule
    const minutes = await ctx.engine.contributors.report({
      scope,
      table,
      ...(index !== undefined && { index }),
      rule: rule.rule,
      fromMs,
      toMs: EndTime * 1000,
      // All that is kept: a key that is light in one minute may be heavy over all.
      limit: contributorsMax,
    })
    const report = ruleReport(minutes ?? [], {
      fromMs,
      periodMs: Period * 1000,
      contributorsMax: MaxContributorCount,
      metrics: Metrics,
      orderBy: OrderBy,
    })
    return { KeyLabels: rule.keyNames, ...report }
  },
})

function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message)
}

function ruleNotFound(name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Insight rule ${name} does not exist.`, {
    status: 404,
    messageMember: 'Message',
    members: { ResourceType: 'InsightRule', ResourceId: name },
  })
}
