/** OpenSSL's FIPS provider: all cryptography of the process, or none. */
import { generateKeyPairSync, getFips, setFips } from 'node:crypto'
import { OperatorError } from './operator-error.ts'

/** OperatorError where this Node's OpenSSL has no FIPS provider; then nothing may go on. */
export function useFipsProvider(): void {
  try {
    setFips(true)
    // Without the provider OpenSSL takes the switch and then has no algorithm left, but for those that it looked up before.
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
  } catch (error) {
    throw noProvider(error)
  }
  if (getFips() !== 1) throw noProvider(undefined)
}

function noProvider(cause: unknown): OperatorError {
  return new OperatorError(
    "the OpenSSL of this Node has no FIPS provider; install one and name it in OpenSSL's configuration (OPENSSL_CONF, OPENSSL_MODULES), or start without --fips",
    { cause },
  )
}
