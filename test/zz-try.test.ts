import { test } from 'node:test'
import { startServer } from './conformance/server.ts'
import { createTables, attributes, keys } from './conformance/tables.ts'
test('x', async () => {
  const s = await startServer()
  await createTables(s.client, [{TableName:'Tab',AttributeDefinitions:attributes({pk:'S',sk:'S'}),KeySchema:keys('pk','sk'),BillingMode:'PAY_PER_REQUEST'}])
  const run = async (st: string, p?: unknown, more: object = {}) => { const a = await s.client.call('ExecuteStatement', {Statement: st, ...(p ? {Parameters: p}: {}), ...more}); console.log(st, '\n   ', a.message ?? JSON.stringify(a.body)) }
  try {
  await run(`INSERT INTO "Tab" value {'pk':'dt', 'sk':'1', 'NumberType':1, 'MapType' : {'entryname1': 'value', 'entryname2': 4}, 'ListType': [1,'stringval'], 'NumberSetType':<<1,34,32,4.5>>, 'StringSetType':<<'stringval','stringval2'>>}`)
  await run(`INSERT INTO "Tab" value {'pk':'dt', 'sk':'1'}`)
  await run(`UPDATE Tab SET NumberType=NumberType + 100 SET MapType.NewMapEntry=[2020, 'stringvalue', 2.4] SET ListType = LIST_APPEND(ListType, [4, <<'string1', 'string2'>>]) SET NumberSetType= SET_ADD(NumberSetType, <<345, 48.4>>) WHERE pk='dt' AND sk='1' RETURNING ALL NEW *`)
  await run(`SELECT MapType.entryname1, ListType[0] FROM Tab WHERE pk = ? AND begins_with(sk, '1')`, [{S:'dt'}], {ReturnConsumedCapacity:'INDEXES'})
  await run(`SELECT * FROM Tab WHERE pk = 'dt' AND sk = '1'`, undefined, {ReturnConsumedCapacity:'INDEXES'})
  for (const pk of ['o','p']) for (const sk of ['1','2','3']) await run(`INSERT INTO Tab VALUE {'pk':?, 'sk':?}`, [{S:pk},{S:sk}])
  await run(`SELECT pk,sk FROM Tab WHERE pk IN ['o','p'] ORDER BY pk DESC, sk ASC`)
  await run(`SELECT pk,sk FROM Tab WHERE pk IN ['o','p'] ORDER BY pk DESC`, undefined, {Limit:2})
  await run(`SELECT sk FROM Tab WHERE pk='o' AND NOT sk = '1' OR pk='o' AND sk='2'`)
  await run(`SELECT sk FROM Tab WHERE pk='o' AND (sk='1' OR flag='two')`)
  await run(`SELECT sk FROM Tab WHERE (attribute_exists(pk) = true) = true`)
  await run(`DELETE FROM Tab WHERE pk='o' AND sk='1' AND x = 5`)
  await run(`DELETE FROM Tab WHERE pk='o' AND sk='1' RETURNING ALL OLD *`)
  console.log(JSON.stringify((await s.client.call('BatchExecuteStatement', {Statements:[{Statement:"SELECT * FROM Tab WHERE pk='dt' AND sk='1'"},{Statement:"SLECT * FROM Tab"},{Statement:"SELECT * FROM Nope WHERE pk='a'"}], ReturnConsumedCapacity:'TOTAL'})).body))
  } finally { await s.stop() }
})
