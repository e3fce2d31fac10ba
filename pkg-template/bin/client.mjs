// What an authorization server finds where a client's metadata document should be.

import { checkListed } from "./apps.mjs";
import { isWeb, readClientCall } from "./call.mjs";
import { checkAddress, checkAnswer, checkDocument } from "./client-document.mjs";
import { fetchDocument, parse, wellKnown } from "./documents.mjs";
import { failure, ok } from "./findings.mjs";

/** Everything about the document with this URL, which is asked for at `at` if that is said. */
export async function checkClient(url, { at, server, ...options }) {
  const { problems, seconds, apps } = readClientCall(options);
  if (problems.length > 0) return problems;
  const address = checkAddress(url);
  // What is no address at all can't be asked.
  if (!at && !URL.canParse(url)) return address;
  const answer = await fetchDocument(at ?? url, { seconds });
  const { findings, document } = checkAnswer(answer);
  const inside = document ? [...checkDocument(document, url), ...checkListed(document, apps, url)] : [];
  return [...address, ...findings, ...inside, ...(server ? await takesDocuments(server, { seconds }) : [])];
}

/** Whether the authorization server with this issuer takes metadata documents (CIMD-4). */
async function takesDocuments(issuer, limits) {
  const row = "CIMD-4";
  if (!isWeb(issuer)) return [failure(row)`${issuer} is no issuer's URL`];
  for (const url of wellKnown(issuer)) {
    const { status, bytes } = await fetchDocument(url, limits);
    const metadata = status === 200 ? parse(bytes) : null;
    if (metadata?.issuer !== issuer) continue;
    if (metadata.client_id_metadata_document_supported === true) return [ok(row)`${issuer} takes metadata documents`];
    return [failure(row)`${issuer} doesn't say that it takes metadata documents; register there instead`];
  }
  return [failure(row)`no metadata was found at ${issuer} that names it as its issuer`];
}
