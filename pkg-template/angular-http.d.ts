/**
 * Angular's `HttpClient` by way of `auth.fetch`.
 *
 * @module tokenkeep/angular/http
 */

import type { HttpContextToken, HttpInterceptorFn } from "@angular/common/http";

import type { Auth, RequestOptions } from "./index.js";

/**
 * For `provideHttpClient(withInterceptors([authInterceptor(auth, "https://api.example.com/v1/")]))`, at the end of the list:
 * requests whose URL begins with one of `urls` go by way of `auth.fetch`, all others as they always do. An interceptor, so
 * that the app's own files stay out of it; what comes after it in the list isn't asked about those requests.
 *
 * Answers and errors are those of Angular's `fetch` backend. What `auth.fetch` is rejected with is the `error` of an
 * `HttpErrorResponse` with status 0. No progress is reported.
 */
export function authInterceptor(auth: Auth, ...urls: string[]): HttpInterceptorFn;

/** The options of one call: `http.get(url, { context: new HttpContext().set(authOptions, { stepUp: true }) })`. */
export const authOptions: HttpContextToken<RequestOptions>;
