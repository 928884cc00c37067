/** The user has to prove more than the password, in a way that the page cannot ask for. */
export class SecondFactorRequired extends Error {
  override name = 'SecondFactorRequired';
}

/** What Cognito said instead of what was asked for. */
export class CognitoError extends Error {
  override name = 'CognitoError';
  /** Such as `NotAuthorizedException`; `NetworkError` if no answer came. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Cognito's own errors carry the name of what happened in `code` or `name`. */
export const cognitoCode = (error: unknown): string =>
  error instanceof Error ? (('code' in error && typeof error.code === 'string' && error.code) || error.name) : 'Unknown';
