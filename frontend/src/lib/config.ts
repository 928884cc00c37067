/** What the service tells the page when it starts: nothing of it is built in. */
export interface AppConfig {
  /** Path or address of the API, e.g. `/api/v1`. */
  api: string;
  region: string;
  user_pool_id: string;
  client_id: string;
  /** Base address of a Cognito that is not AWS's own; null for AWS. */
  cognito_endpoint: string | null;
}

export async function loadConfig(): Promise<AppConfig> {
  const response = await fetch('/config.json'); // index.html has begun; the service says that it is not to be kept
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  return (await response.json()) as AppConfig;
}
