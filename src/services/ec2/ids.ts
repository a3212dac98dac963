import { malformedId } from './errors.ts'

export function checkEndpointId(id: string): void {
  if (!/^vpce-[0-9a-f]{1,17}$/.test(id)) throw malformedId('VpcEndpointId', 'vpce', id)
}
