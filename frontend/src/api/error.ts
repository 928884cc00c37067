import { t } from 'i18next';

/** A request that failed: what the service said of it, or that it could not be reached. */
export class ApiError extends Error {
  override name = 'ApiError';
  /** HTTP status; 0 if no answer came. */
  readonly status: number;
  /** What happened, for a program, e.g. `not_found`; `network` if no answer came. */
  readonly code: string;
  /** Finds the request in the service's logs. */
  readonly requestId: string | null;
  /** After so many seconds the service wants to be asked again, if it said so. */
  retryAfter: number | null = null;

  readonly #detail: string | (() => string);

  /** `detail` is the service's, or says it in the language in use, which may change while the error is shown. */
  constructor(status: number, code: string, detail: string | (() => string), requestId: string | null = null) {
    super(typeof detail === 'string' ? `${status} ${code}: ${detail}` : `${status} ${code}`);
    this.status = status;
    this.code = code;
    this.#detail = detail;
    this.requestId = requestId;
  }

  /** What happened, for a person. */
  get detail(): string {
    return typeof this.#detail === 'string' ? this.#detail : this.#detail();
  }

  /** Trying the same again later may help. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  static network(cause?: unknown) {
    const error = new ApiError(0, 'network', () => t('error.unreachable'));
    error.cause = cause;
    return error;
  }

  /** Reads `application/problem+json`; anything else, such as a proxy's page, becomes a plain sentence. */
  static async from(response: Response): Promise<ApiError> {
    const error = await ApiError.#read(response);
    const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    error.retryAfter = Number.isNaN(seconds) ? null : seconds;
    return error;
  }

  static async #read(response: Response): Promise<ApiError> {
    const requestId = response.headers.get('x-request-id');
    const plain = new ApiError(response.status, `http_${response.status}`, () => t('error.answeredTryAgain', { status: response.status }), requestId);
    if (!/[/+]json/.test(response.headers.get('content-type') ?? '')) return plain;
    try {
      return ApiError.ofProblem(response.status, await response.json(), requestId);
    } catch {
      return plain;
    }
  }

  static ofProblem(status: number, body: unknown, requestId: string | null): ApiError {
    const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const text = (field: string) => (typeof problem[field] === 'string' ? problem[field] : null);
    return new ApiError(
      status,
      text('code') ?? `http_${status}`,
      text('detail') ?? text('title') ?? (() => t('error.answered', { status })),
      text('request_id') ?? requestId,
    );
  }
}

/** Whether there is no such thing, or it is not ours to see. */
export const isMissing = (error: unknown) => error instanceof ApiError && error.status === 404;
