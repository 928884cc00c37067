import { CognitoError } from '@/features/auth/errors';
import type { AppConfig } from '@/lib/config';

export type Pool = Pick<AppConfig, 'region' | 'client_id' | 'cognito_endpoint'>;

/** No answer for so long is none: all tabs wait for the one that renews their tokens. */
const PATIENCE_MS = 15_000;

/** An action of Cognito's API, without the library: what needs no SRP is one request. */
export async function callCognito(pool: Pool, action: string, body: object): Promise<unknown> {
  const address = pool.cognito_endpoint ?? `https://cognito-idp.${pool.region}.amazonaws.com/`;
  try {
    const response = await fetch(address, {
      method: 'POST',
      // Also when the page is on its way out: what ends a session must arrive.
      keepalive: action === 'RevokeToken',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`, 'Cache-Control': 'no-store' },
      body: JSON.stringify(body),
    });
    const answer = parse(await response.text());
    if (response.ok) return answer;
    throw new CognitoError(answer.__type?.split('#').pop() ?? `HTTP ${response.status}`, answer.message ?? '');
  } catch (cause) {
    if (cause instanceof CognitoError) throw cause;
    throw Object.assign(new CognitoError('NetworkError', 'Network error'), { cause });
  }
}

/** A proxy may answer something else than JSON. */
function parse(text: string): { __type?: string; message?: string } {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
