/** Files that take the place of the packed holder; none, unless the check of the checker asks for them. */
export async function brokenFiles() {
  return {};
}
