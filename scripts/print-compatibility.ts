/** Prints docs/compatibility.md: for every operation of AWS's API models whether Coffer does it, and each of its parameters. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Service } from '../src/contract/service.ts'
import type { Shape } from '../src/contract/shape.ts'
import { servicesWith } from '../src/main.ts'
import { autoscalingRoom } from '../src/services/autoscaling/service.ts'
import type { Iam } from '../src/services/iam/iam.ts'
import { iamService } from '../src/services/iam/service.ts'
import { stsService } from '../src/services/sts/service.ts'
import type { Sts } from '../src/services/sts/sts.ts'
import { type AwsShape, awsOperations } from './aws-model.ts'

export const compatibilityFile = new URL('../docs/compatibility.md', import.meta.url)

const head = `# Compatibility

Which operations of AWS's APIs Coffer answers, and what it does with each of their parameters. Printed from the operation
tables by \`npm run compatibility\`; a test fails when this page and the tables differ. The models are those of the AWS SDK for
JavaScript that the project is tested with.

- **Done**: validated as AWS validates it, and acted upon or, where nothing here depends on it (a table's class), kept and
  shown. Parts of a parameter are named only where they are not done.
- **Refused**: known to the service, and answered with a ValidationException that names it. It is never passed over.
- **Absent**: not known to it, and passed over, as AWS passes over members that its model does not have.
- **Planned** operations answer UnknownOperationException.
- **Not done** operations of the Query services answer InvalidAction.`

/** The rooms as they stand before they are opened: what operations are declared to be needs nothing behind them. */
function everyService(): readonly Service[] {
  const state = { accountId: '000000000000' }
  return [
    ...servicesWith(autoscalingRoom()),
    iamService({ state } as unknown as Iam),
    stsService({ directory: state } as unknown as Sts),
  ]
}

export async function compatibility(of: readonly Service[] = everyService()): Promise<string> {
  const sections: string[] = []
  for (const service of of) sections.push(await serviceSection(service))
  return `${[head, ...sections].join('\n\n')}\n`
}

async function serviceSection(service: Service): Promise<string> {
  const ours = [...service.operations].sort((a, b) => (a.name < b.name ? -1 : 1))
  const target = 'targetPrefix' in service ? service.targetPrefix : service.name
  const theirs = await awsOperations(target)
  const models = new Map(theirs?.map(({ name, input }) => [name, input]))
  const planned = [...models.keys()].filter((name) => !ours.some((operation) => operation.name === name))
  const protocol = 'targetPrefix' in service ? service.protocol.replace('json-', 'AWS JSON ') : 'AWS Query'
  const version = 'targetPrefix' in service ? service.targetPrefix : service.apiVersion
  const counted =
    theirs === undefined
      ? `${ours.length} operations; AWS's model is not at hand, so parameters are not compared.`
      : `${ours.length} of ${models.size} operations.`
  return [
    `## ${service.name}: \`${version}\``,
    `${protocol}. ${counted}`,
    ...ours.map(({ name, input }) => operationSection(name, input, models.get(name))),
    ...(planned.length === 0
      ? []
      : [`### ${'targetPrefix' in service ? 'Planned' : 'Not done'}`, `${planned.join(', ')}.`]),
  ].join('\n\n')
}

interface Parameters {
  readonly done: string[]
  readonly refused: string[]
  readonly absent: string[]
}

function operationSection(name: string, input: Shape<unknown>, model: AwsShape | undefined): string {
  const parameters: Parameters = { done: [], refused: [], absent: [] }
  if (model === undefined) parameters.done.push(...Object.keys(input.members ?? {}))
  else compare(input, model, '', parameters)
  const lines = Object.entries(parameters)
    .filter(([, names]) => names.length > 0)
    .map(([how, names]: [string, string[]]) => `- ${how}: ${names.map((each) => `\`${each}\``).join(', ')}`)
  return [`### ${name}`, lines.length === 0 ? 'It has no parameters.' : lines.join('\n')].join('\n\n')
}

/** Of a structure: parts of what is done are named only where they are not. */
function compare(shape: Shape<unknown>, model: AwsShape, path: string, found: Parameters): void {
  for (const [name, member] of model.members ?? []) {
    const own = shape.members?.[name]
    const here = path === '' ? name : `${path}.${name}`
    if (own === undefined) found.absent.push(here)
    else if (own.refused === true) found.refused.push(here)
    else {
      if (path === '') found.done.push(here)
      compareParts(own, member(), here, found)
    }
  }
}

/** What has no parts in our shapes (an attribute value) is checked elsewhere, whole. */
function compareParts(shape: Shape<unknown>, model: AwsShape, path: string, found: Parameters): void {
  if (shape.members !== undefined) compare(shape, model, path, found)
  else if (shape.element !== undefined && model.element !== undefined)
    compareParts(shape.element, model.element(), `${path}[]`, found)
}

if (import.meta.main) {
  const printed = await compatibility()
  const before = await readFile(compatibilityFile, 'utf8').catch(() => '')
  if (printed !== before) await writeFile(compatibilityFile, printed)
  process.stdout.write(
    printed === before ? 'docs/compatibility.md is as it was\n' : 'docs/compatibility.md is written\n',
  )
}
