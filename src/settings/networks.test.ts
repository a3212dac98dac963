import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networksOfYaml, readNetworks } from './networks.ts'

const vpc = 'vpc-0a1b2c3d4e5f60718'

test('networks as an operator writes them', async () => {
  const text = `# two networks
${vpc}:
  cidrs: [10.0.0.0/16, '2001:db8::/56']
  listeners:
    - 10.0.0.10:8443
    - '[2001:db8::10]:8443'
  subnets: [subnet-0a1b2c3d4e5f60001]
  route-tables: [rtb-12345678]
  security-groups: [sg-12345678]
vpc-12345678:
  cidrs:
    - 10.1.0.0/16
  listeners: [10.1.0.10:443]
`
  assert.deepEqual(await networksOfYaml('networks.yaml', text), [
    {
      vpcId: vpc,
      cidrs: ['10.0.0.0/16', '2001:db8::/56'],
      listeners: [
        { host: '10.0.0.10', port: 8443 },
        { host: '2001:db8::10', port: 8443 },
      ],
      subnets: ['subnet-0a1b2c3d4e5f60001'],
      routeTables: ['rtb-12345678'],
      securityGroups: ['sg-12345678'],
    },
    {
      vpcId: 'vpc-12345678',
      cidrs: ['10.1.0.0/16'],
      listeners: [{ host: '10.1.0.10', port: 443 }],
      subnets: [],
      routeTables: [],
      securityGroups: [],
    },
  ])
  assert.deepEqual(await networksOfYaml('networks.yaml', ''), [])
})

test('what is wrong is told with its line', async () => {
  const one = (...lines: string[]) => [`${vpc}:`, ...lines.map((line) => `  ${line}`)].join('\n')
  const good = ['cidrs: [10.0.0.0/16]', 'listeners: [10.0.0.10:443]']
  const cases: readonly [text: string, message: RegExp][] = [
    [one(...good, good[0] ?? ''), /^n\.yaml:4: Map keys must be unique/],
    ['- a\n', /^n\.yaml:1: it must have lines with ids of networks/],
    [`\nmine:\n  cidrs: []\n`, /^n\.yaml:2: mine must be the id of a network such as vpc-/],
    [one('cidrs: [10.0.0.0/16]'), /^n\.yaml:1: vpc-0a1b2c3d4e5f60718 listeners must be a list of addresses$/],
    [one(...good, 'colour: red'), /^n\.yaml:1: vpc-0a1b2c3d4e5f60718 may have cidrs, listeners, subnets/],
    [one('cidrs: []', good[1] ?? ''), /^n\.yaml:2: .* must name a range at least$/],
    [one('cidrs:', '- 10.0.0.0/16', '- 10.0.0.0/64', good[1] ?? ''), /^n\.yaml:4: .* cidrs 1 must be a range such as/],
    [
      one(good[0] ?? '', 'listeners:', '- 10.0.0.10:443', '- db:443'),
      /^n\.yaml:5: .* listeners 1 must be an IP address/,
    ],
    [one(good[0] ?? '', 'listeners: ["10.0.0.10:0"]'), /^n\.yaml:3: /],
    [one(good[0] ?? '', 'listeners: ["2001:db8::10:443"]'), /^n\.yaml:3: /],
    [
      one(good[0] ?? '', 'listeners: ["10.0.0.10:443", "10.0.0.10:443"]'),
      /^n\.yaml:3: .* names 10\.0\.0\.10:443 twice/,
    ],
    [one(...good, 'subnets: [mine]'), /^n\.yaml:4: .* subnets 0 must be an id such as subnet-/],
    ['a: [', /^n\.yaml:1: /],
  ]
  for (const [text, message] of cases) {
    await assert.rejects(networksOfYaml('n.yaml', text), { name: 'OperatorError', message }, text)
  }
  await assert.rejects(readNetworks('/nowhere/n.yaml'), /there is no file \/nowhere\/n\.yaml/)
})
