/**
 * Configuration fragments for services that don't keep to the RFCs. Spread one into the configuration:
 * `hold({ ...github({ tokenEndpoint }), clientId, redirectUri, scope })`. They are plain data, so what you add or change
 * after them wins.
 *
 * @module tokenkeep/profiles
 */

import type { AuthorizationServerMetadata, Profile } from "./holder.js";

/**
 * Fast.io: JSON at the token endpoint, scopes by organization, workspace or share, 403 at the refresh for a revoked
 * grant.
 */
export function fastio(options?: FastioOptions): {
  issuer: string;
  resourceServers: string[];
  extraParams: { scope_type: string };
  profile: Profile;
};

/** Options of {@link fastio}. */
export interface FastioOptions {
  /** What the token is for, as Fast.io names it: `all_orgs`, `all_workspaces`, `all_shares`, .. Default `all_workspaces`. */
  scopeType?: string;
  /** Whether token requests are forms, as the service's documentation has it. Default false: JSON. */
  form?: boolean;
}

/** GitHub: form-encoded answers, 200 for errors, no CORS at the token endpoint. */
export function github(options: {
  /** A proxy of your own origin in front of GitHub's token endpoint: docs/profiles.md has one. */
  tokenEndpoint: string;
}): { server: AuthorizationServerMetadata; resourceServers: string[]; profile: Profile };

/** Salesforce: no `expires_in`; 403 for an expired token at the identity service. */
export function salesforce(options: SalesforceOptions): {
  issuer: string;
  assumePkce: true;
  defaultLifetime: number;
  resourceServers: string[];
  profile: Profile;
};

/** Options of {@link salesforce}. */
export interface SalesforceOptions {
  /** Your organization's address, such as `https://example.my.salesforce.com`. */
  domain: string;
  /** How long sessions last in your organization, in seconds. Default 7,200. */
  lifetime?: number;
  /** Whether a 403 is taken for an expired token too: for apps that call the identity service. Default false. */
  identity?: boolean;
}
