import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  type CognitoUserSession,
} from 'amazon-cognito-identity-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

/** The page's sign-in library, as it is by default (SRP), against the local Cognito. */

const binary = fileURLToPath(new URL('../../../../target/debug/stand-ins', import.meta.url));
const ADA = { email: 'ada@example.com', password: 'Correct1horse' };
const TEMPORARY = { email: 'new@example.com', password: 'Temporary1pw' };
const TO_SET_UP = { email: 'setup@example.com', password: 'Correct1horse' };

interface Address {
  url: string;
  pool_id: string;
  client_id: string;
}

interface Code {
  purpose: 'sign_up' | 'forgotten_password' | 'email';
  email: string;
  code: string;
}

let server: ChildProcess;
let address: Address;
let storage: Map<string, string>;
const codes: Code[] = [];
const waiting: (() => void)[] = [];

beforeAll(async () => {
  if (!existsSync(binary)) {
    throw new Error(`${binary} is missing: run \`cargo build -p integration --bin stand-ins\` first`);
  }
  server = spawn(
    binary,
    [
      ['cognito', '--port', '0'],
      ['--user', `${ADA.email}=${ADA.password}`],
      ['--temporary-user', `${TEMPORARY.email}=${TEMPORARY.password}`],
      ['--totp-setup-user', `${TO_SET_UP.email}=${TO_SET_UP.password}`],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  address = await new Promise<Address>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => {
      reject(new Error(`the stand-in ended with ${String(code)}`));
    });
    if (!server.stdout) throw new Error('stdout is a pipe');
    let isFirst = true;
    createInterface(server.stdout).on('line', (line) => {
      if (isFirst) {
        resolve(JSON.parse(line) as Address);
        isFirst = false;
      } else {
        codes.push(JSON.parse(line) as Code);
        for (const wake of waiting.splice(0)) wake();
      }
    });
  });
});

afterAll(() => {
  server.kill();
});

beforeEach(() => {
  storage = new Map();
});

/** The newest code that was sent to the address, which may still be on its way here. */
async function code(email: string, purpose: Code['purpose']): Promise<string> {
  for (;;) {
    const index = codes.findIndex((sent) => sent.email === email && sent.purpose === purpose);
    const [sent] = index < 0 ? [] : codes.splice(index, 1);
    if (sent) return sent.code;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

const Storage = {
  getItem: (key: string) => storage.get(key) ?? null,
  setItem: (key: string, value: string) => storage.set(key, value),
  removeItem: (key: string) => storage.delete(key),
  clear: () => {
    storage.clear();
  },
};

function pool(): CognitoUserPool {
  return new CognitoUserPool({
    UserPoolId: address.pool_id,
    ClientId: address.client_id,
    endpoint: address.url,
    Storage,
  });
}

function user(email: string): CognitoUser {
  return new CognitoUser({ Username: email, Pool: pool(), Storage });
}

/** What the library reports to a callback in Node's style. */
function outcome<T>(start: (done: (error: Error | null | undefined, value?: T) => void) => void) {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => {
      if (error) reject(error);
      else resolve(value as T);
    });
  });
}

type SignIn = CognitoUserSession | 'new password required';

function signIn(who: CognitoUser, password: string): Promise<SignIn> {
  const details = new AuthenticationDetails({ Username: who.getUsername(), Password: password });
  return new Promise((resolve, reject) => {
    who.authenticateUser(details, {
      onSuccess: resolve,
      onFailure: reject,
      newPasswordRequired: () => {
        resolve('new password required');
      },
    });
  });
}

async function session(who: CognitoUser, password: string): Promise<CognitoUserSession> {
  const signedIn = await signIn(who, password);
  if (signedIn === 'new password required') throw new Error(signedIn);
  return signedIn;
}

function refresh(who: CognitoUser, from: CognitoUserSession): Promise<CognitoUserSession> {
  return outcome((done) => {
    who.refreshSession(from.getRefreshToken(), done);
  });
}

/** Why a refresh is refused; asked without the library, which tries for six seconds. */
async function refreshRefusal(from: CognitoUserSession): Promise<unknown> {
  const answer = await fetch(address.url, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
    body: JSON.stringify({
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: address.client_id,
      AuthParameters: { REFRESH_TOKEN: from.getRefreshToken().getToken() },
    }),
  });
  return answer.json();
}

const revoked = { __type: 'NotAuthorizedException', message: 'Refresh Token has been revoked' };

async function signUp(email: string, password: string): Promise<CognitoUser> {
  const name = new CognitoUserAttribute({ Name: 'name', Value: 'Grace Hopper' });
  const result = await outcome<{ user: CognitoUser; userConfirmed: boolean } | undefined>((done) => {
    pool().signUp(email, password, [name], [], done);
  });
  if (!result) throw new Error('no result');
  expect(result.userConfirmed).toBe(false);
  return result.user;
}

const wrongCredentials = {
  code: 'NotAuthorizedException',
  message: 'Incorrect username or password.',
};

test('signs in by SRP, and a reloaded page finds the session', async () => {
  const signedIn = await session(user(ADA.email), ADA.password);
  expect(signedIn.isValid()).toBe(true);
  expect(signedIn.getIdToken().payload).toMatchObject({
    email: ADA.email,
    token_use: 'id',
    aud: address.client_id,
    iss: `${address.url}/${address.pool_id}`,
  });

  const current = pool().getCurrentUser();
  const found = await outcome<CognitoUserSession>((done) => {
    if (!current) throw new Error('nobody is signed in');
    current.getSession(done);
  });
  expect(found.getAccessToken().getJwtToken()).toBe(signedIn.getAccessToken().getJwtToken());
});

test('signs in with the password itself', async () => {
  const ada = user(ADA.email);
  ada.setAuthenticationFlowType('USER_PASSWORD_AUTH');
  expect((await session(ada, ADA.password)).isValid()).toBe(true);
});

test('refuses a wrong password and an unknown user alike', async () => {
  await expect(signIn(user(ADA.email), 'Wrong1password')).rejects.toMatchObject(wrongCredentials);
  await expect(signIn(user('no@example.com'), ADA.password)).rejects.toMatchObject(wrongCredentials);
});

// Numbers in SRP are padded where their first digit is 8 or more: chance decides that anew for
// each of four numbers at each sign-in.
test('signs in however the random numbers fall', async () => {
  for (let round = 0; round < 12; round += 1) {
    await session(user(ADA.email), ADA.password);
  }
});

test('refreshes its tokens', async () => {
  const ada = user(ADA.email);
  const first = await session(ada, ADA.password);
  const second = await refresh(ada, first);
  const id = (from: CognitoUserSession, claim: string) => from.getIdToken().payload[claim] as string;
  expect(id(second, 'sub')).toBe(id(first, 'sub'));
  expect(id(second, 'jti')).not.toBe(id(first, 'jti'));
  expect(second.getRefreshToken().getToken()).toBe(first.getRefreshToken().getToken());
});

test('signs up and confirms', async () => {
  const email = 'grace@example.com';
  const grace = await signUp(email, 'Compiler1pw');
  await expect(signIn(user(email), 'Compiler1pw')).rejects.toMatchObject({
    code: 'UserNotConfirmedException',
  });
  await expect(signUp(email, 'Compiler1pw')).rejects.toMatchObject({
    code: 'UsernameExistsException',
  });
  await expect(
    outcome((done) => {
      grace.confirmRegistration('wrong', false, done);
    }),
  ).rejects.toMatchObject({ code: 'CodeMismatchException' });

  await code(email, 'sign_up');
  await outcome((done) => {
    grace.resendConfirmationCode(done);
  });
  const resent = await code(email, 'sign_up');
  const confirmed = await outcome<unknown>((done) => {
    grace.confirmRegistration(resent, false, done);
  });
  expect(confirmed).toBe('SUCCESS');
  const signedIn = await session(user(email), 'Compiler1pw');
  expect(signedIn.getIdToken().payload).toMatchObject({ email, name: 'Grace Hopper' });
});

test('names the rule that a weak password breaks', async () => {
  await expect(signUp('weak@example.com', 'nocapital1')).rejects.toMatchObject({
    code: 'InvalidPasswordException',
    message: 'Password did not conform with policy: Password must have uppercase characters',
  });
});

test('replaces a forgotten password', async () => {
  const email = 'forgetful@example.com';
  const who = await signUp(email, 'Original1pw');
  const confirmation = await code(email, 'sign_up');
  await outcome((done) => {
    who.confirmRegistration(confirmation, false, done);
  });

  await new Promise<void>((resolve, reject) => {
    who.forgotPassword({
      onSuccess: () => {
        resolve();
      },
      onFailure: reject,
    });
  });
  const reset = await code(email, 'forgotten_password');
  const confirm = (verificationCode: string) =>
    outcome<string>((done) => {
      who.confirmPassword(verificationCode, 'Replaced1pw', {
        onSuccess: (answer) => {
          done(null, answer);
        },
        onFailure: done,
      });
    });
  await expect(confirm('wrong')).rejects.toMatchObject({ code: 'CodeMismatchException' });
  await expect(confirm(reset)).resolves.toBe('SUCCESS');
  await expect(signIn(user(email), 'Original1pw')).rejects.toMatchObject(wrongCredentials);
  await session(user(email), 'Replaced1pw');
});

test('signs out everywhere', async () => {
  const here = user(ADA.email);
  const there = user(ADA.email);
  await session(here, ADA.password);
  const other = await session(there, ADA.password);
  await outcome((done) => {
    here.globalSignOut({
      onSuccess: (answer) => {
        done(null, answer);
      },
      onFailure: done,
    });
  });
  expect(storage.size).toBe(0);
  expect(await refreshRefusal(other)).toEqual(revoked);
  await expect(
    outcome((done) => {
      there.getUserAttributes(done);
    }),
  ).rejects.toMatchObject({ message: 'Access Token has been revoked' });
});

test('signs out here and revokes the refresh token', async () => {
  const ada = user(ADA.email);
  const signedIn = await session(ada, ADA.password);
  await new Promise<void>((resolve) => {
    ada.signOut(resolve);
  });
  expect(pool().getCurrentUser()).toBeNull();
  expect(await refreshRefusal(signedIn)).toEqual(revoked);
});

test('answers the challenge for a new password', async () => {
  const who = user(TEMPORARY.email);
  expect(await signIn(who, TEMPORARY.password)).toBe('new password required');
  const choose = (password: string) =>
    new Promise<CognitoUserSession>((resolve, reject) => {
      who.completeNewPasswordChallenge(password, {}, { onSuccess: resolve, onFailure: reject });
    });
  await expect(choose('weak')).rejects.toMatchObject({ code: 'InvalidPasswordException' });
  expect((await choose('Permanent1pw')).isValid()).toBe(true);
  await session(user(TEMPORARY.email), 'Permanent1pw');
});

/** What an authenticator app with this secret shows. */
function appCode(secret: string): string {
  const bits = Array.from(secret, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac('sha1', key).update(counter).digest();
  const word = tag.readUInt32BE((tag.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

test('sets up an authenticator app, and is asked for its code', async () => {
  const who = user(TO_SET_UP.email);
  const details = new AuthenticationDetails({ Username: TO_SET_UP.email, Password: TO_SET_UP.password });
  const secret = await new Promise<string>((resolve, reject) => {
    who.authenticateUser(details, {
      onSuccess: () => { reject(new Error('nothing was asked')); },
      onFailure: reject,
      mfaSetup: () => { who.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject }); },
    });
  });
  const verify = (code: string) =>
    new Promise<CognitoUserSession>((resolve, reject) => {
      who.verifySoftwareToken(code, 'Phone', { onSuccess: resolve, onFailure: reject });
    });
  await expect(verify('wrong')).rejects.toMatchObject({ code: 'EnableSoftwareTokenMFAException' });
  const code = appCode(secret);
  expect((await verify(code)).isValid()).toBe(true);

  const again = user(TO_SET_UP.email);
  await new Promise<void>((resolve, reject) => {
    again.authenticateUser(details, {
      onSuccess: () => { reject(new Error('no code was asked for')); },
      onFailure: reject,
      totpRequired: () => { resolve(); },
    });
  });
  const answer = (code: string) =>
    new Promise<CognitoUserSession>((resolve, reject) => {
      again.sendMFACode(code, { onSuccess: resolve, onFailure: reject }, 'SOFTWARE_TOKEN_MFA');
    });
  await expect(answer('wrong')).rejects.toMatchObject({ code: 'CodeMismatchException' });
  await expect(answer(code)).rejects.toMatchObject({ code: 'ExpiredCodeException' });
});

test('reads and changes attributes and the password', async () => {
  const email = 'changing@example.com';
  const who = await signUp(email, 'Original1pw');
  const confirmation = await code(email, 'sign_up');
  await outcome((done) => {
    who.confirmRegistration(confirmation, false, done);
  });
  await session(who, 'Original1pw');

  const update = (Name: string, Value: string) =>
    outcome<string>((done) => {
      who.updateAttributes([new CognitoUserAttribute({ Name, Value })], done);
    });
  expect(await update('name', 'Another')).toBe('SUCCESS');
  await expect(update('custom:tenant_id', 'acme')).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  });
  const attributes = await outcome<CognitoUserAttribute[] | undefined>((done) => {
    who.getUserAttributes(done);
  });
  const read = Object.fromEntries((attributes ?? []).map(({ Name, Value }) => [Name, Value]));
  expect(read).toMatchObject({ email, name: 'Another', email_verified: 'true' });

  const change = (from: string, to: string) =>
    outcome<unknown>((done) => {
      who.changePassword(from, to, done);
    });
  await expect(change('Wrong1password', 'Replaced1pw')).rejects.toMatchObject(wrongCredentials);
  expect(await change('Original1pw', 'Replaced1pw')).toBe('SUCCESS');
  await session(user(email), 'Replaced1pw');
});
