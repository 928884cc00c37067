/** The user was given a temporary password and must choose their own. */
export class NewPasswordRequired extends Error {
  override name = 'NewPasswordRequired';
  readonly choose: (password: string) => Promise<void>;

  constructor(choose: (password: string) => Promise<void>) {
    super('A new password is required.');
    this.choose = choose;
  }
}

/** The user has to prove more than the password, in a way that the page cannot ask for yet. */
export class SecondFactorRequired extends Error {
  override name = 'SecondFactorRequired';
}

/** Cognito's own errors carry the name of what happened in `code` or `name`. */
export const cognitoCode = (error: unknown): string =>
  error instanceof Error ? (('code' in error && typeof error.code === 'string' && error.code) || error.name) : 'Unknown';
