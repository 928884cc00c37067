import { CognitoError } from '@/features/auth/errors';
import type { AppConfig } from '@/lib/config';

export type Pool = Pick<AppConfig, 'region' | 'client_id' | 'cognito_endpoint'>;

/** An action of Cognito's API, without the library: what needs no SRP is one request. */
export async function callCognito(pool: Pool, action: string, body: object): Promise<unknown> {
  const address = pool.cognito_endpoint ?? `https://cognito-idp.${pool.region}.amazonaws.com/`;
  let response;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`, 'Cache-Control': 'no-store' },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw Object.assign(new CognitoError('NetworkError', 'Network error'), { cause });
  }
  const answer = (await response.json().catch(() => ({}))) as { __type?: string; message?: string };
  if (response.ok) return answer;
  throw new CognitoError(answer.__type?.split('#').pop() ?? `HTTP ${response.status}`, answer.message ?? '');
}
