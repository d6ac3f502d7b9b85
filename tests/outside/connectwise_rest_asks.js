/**
 * connectwise-rest asks the simulator: it walks pages until a short one, counts, changes and creates lines, and verifies
 * the signature of a callback.
 *
 * What it wrote is read back through it, and from the audit trail by plain HTTP. `run` starts it.
 */
const assert = require('node:assert/strict')
const http = require('node:http')
const https = require('node:https')
const { ManageAPI, utils } = require('connectwise-rest')

const HOST = process.env.TRUEUP_OUTSIDE_HOST
const CLIENT_ID = '6f1c0e4e-1111-4222-8333-944455556666'
const ADDITIONS = [9001, 9002, 9003, 9004, 9005, 9006, 9007]

const api = new ManageAPI({
  companyId: 'examplemsp',
  companyUrl: HOST,
  publicKey: 'outside-public',
  privateKey: 'outside-private',
  clientId: CLIENT_ID,
  logger: () => {},
})
const { CompanyAPI, FinanceAPI, SystemAPI } = api

const ids = (records) => records.map((record) => record.id)

/** A message, read to its end. */
function whole(message) {
  return new Promise((resolve, reject) => {
    let body = ''
    message.setEncoding('utf8')
    message.on('data', (part) => (body += part))
    message.on('end', () => resolve(body))
    message.on('error', reject)
  })
}

/** What a URL answers to somebody without keys. */
function read(url) {
  return new Promise((resolve, reject) => {
    https.get(url, (answer) => resolve(whole(answer))).on('error', reject)
  })
}

/** A receiver of callbacks: where it is, and the first one that comes, its signature and body as they were sent. */
function receiver() {
  let come
  const callback = new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error('no callback came')), 20_000)
    come = (one) => (clearTimeout(patience), resolve(one))
  })
  const server = http.createServer(async (request, answer) => {
    const body = await whole(request)
    answer.end()
    server.close()
    come({ address: request.url, signature: request.headers['x-content-signature'], body })
  })
  const listening = new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`))
  })
  return { listening, callback }
}

/** The rows of the audit trail about an addition, asked for without connectwise-rest. */
function auditRows(addition) {
  const path = `/v4_6_release/apis/3.0/system/audittrail?type=AgreementAddition&id=${addition}`
  const auth = 'examplemsp+outside-public:outside-private'
  return new Promise((resolve, reject) => {
    const request = https.get(`https://${HOST}${path}`, { auth, headers: { clientId: CLIENT_ID } }, (answer) => {
      resolve(whole(answer).then(JSON.parse))
    })
    request.on('error', reject)
  })
}

const checks = {
  async 'walks pages'() {
    // Seven companies by threes end in a short page, by sevens in an empty one.
    for (const pageSize of [3, 7]) {
      const companies = await api.paginate(CompanyAPI.getCompanyCompanies, { pageSize }, {})
      assert.deepEqual(ids(companies), [71, 72, 73, 74, 75, 76, 77])
    }
    const ofOneType = { conditions: 'type/id=5 and cancelledFlag=false' }
    const agreements = await api.paginate(FinanceAPI.getFinanceAgreements, { pageSize: 2 }, ofOneType)
    assert.deepEqual(ids(agreements), [401, 402, 403])
    const additions = await api.paginate(FinanceAPI.getFinanceAgreementsByParentIdAdditions, { pageSize: 2 }, 401, {})
    assert.deepEqual(ids(additions), ADDITIONS)
    assert.ok(additions.every((addition) => addition.agreementId === 401))
  },

  async counts() {
    const all = await CompanyAPI.getCompanyCompaniesCount({})
    assert.deepEqual(all, { count: 7 })
    const conditions = 'product/identifier="BKP-GB" and quantity > 0'
    const some = await FinanceAPI.getFinanceAgreementsByParentIdAdditionsCount(401, { conditions })
    assert.deepEqual(some, { count: 1 })
  },

  async 'changes a quantity'() {
    const before = (await auditRows(9001)).length
    const change = [{ op: 'replace', path: '/quantity', value: 131.5 }]

    const answer = await FinanceAPI.patchFinanceAgreementsByParentIdAdditionsById(9001, 401, change)

    assert.equal(answer.quantity, 131.5)
    const line = await FinanceAPI.getFinanceAgreementsByParentIdAdditionsById(9001, 401, {})
    assert.deepEqual(line, answer)
    const rows = await auditRows(9001)
    assert.equal(rows.length, before + 1)
    assert.ok(rows.some((row) => row.text.includes('131.5') && row.enteredBy === 'outsider'))
  },

  async 'creates an addition'() {
    const wanted = { product: { id: 34 }, billCustomer: 'Billable', quantity: 4 }

    const created = await FinanceAPI.postFinanceAgreementsByParentIdAdditions(403, wanted)

    assert.equal(created.product.identifier, 'SRV-VM')
    assert.deepEqual([created.quantity, created.unitPrice, created.agreementId], [4, 12, 403])
    const additions = await FinanceAPI.getFinanceAgreementsByParentIdAdditions(403, {})
    assert.deepEqual(additions.at(-1), created)
    assert.ok((await auditRows(created.id)).length > 0)
  },

  async 'verifies a callback'() {
    const { listening, callback } = receiver()
    const url = `${await listening}/hook?recordId=`
    await SystemAPI.postSystemCallbacks({ type: 'agreement', level: 'owner', objectId: 1, url })

    await FinanceAPI.patchFinanceAgreementsById(402, [{ op: 'replace', path: 'name', value: 'Größer & "besser" \u2028' }])

    const { address, signature, body } = await callback
    const payload = JSON.parse(body)
    assert.equal(address, '/hook?recordId=402&action=updated')
    assert.equal(JSON.parse(payload.Entity).name, 'Größer & "besser" \u2028')
    // Its `verifyCallback` fetches the key by itself, but parses what is parsed already; only the signature is asked here.
    const { signing_key: key } = JSON.parse(await read(payload.Metadata.key_url))
    const isVerified = (change = {}) => {
      const { said, by, made } = { said: payload, by: key, made: signature, ...change }
      return utils.Callback.verifyMessage(said, made, by)
    }
    assert.equal(isVerified(), true)
    assert.equal(isVerified({ said: { ...payload, Action: 'deleted' } }), false)
    assert.equal(isVerified({ said: { ...payload, ID: payload.ID + 1 } }), false)
    assert.equal(isVerified({ by: `${key}x` }), false)
    assert.equal(isVerified({ made: Buffer.alloc(32).toString('base64') }), false)
    assert.equal(isVerified({ made: Buffer.from(signature, 'base64').reverse().toString('base64') }), false)
  },

  async 'is refused as by the real one'() {
    const missing = FinanceAPI.getFinanceAgreementsByParentIdAdditionsById(9099, 401, {})
    await assert.rejects(missing, (error) => error.data?.code === 'NotFound')
    const unknown = CompanyAPI.getCompanyCompanies({ conditions: 'nobody=1' })
    await assert.rejects(unknown, (error) => error.data?.code === 'ApiFindCondition')
    const incomplete = FinanceAPI.postFinanceAgreementsByParentIdAdditions(401, { quantity: 1 })
    await assert.rejects(incomplete, (error) => error.data?.code === 'InvalidObject' && error.data.errors.length > 0)
  },
}

async function main() {
  for (const [name, check] of Object.entries(checks)) {
    await check()
    console.log(`connectwise-rest ${name}: ok`)
  }
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
