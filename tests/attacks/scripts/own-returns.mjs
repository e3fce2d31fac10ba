/** Runs in any document of the app's origin: asks the holder's page for these visits; resolves to what each was answered. */
export async function begin(evil, { visits }) {
  const { ask } = await evil.borrow();
  const blob = URL.createObjectURL(new Blob(["<script>document.title = 'mine'</script>"], { type: "text/html" }));
  const answers = [];
  for (const [ticket, visit] of visits) {
    const { error } = await ask("begin", {
      ticket,
      visit: visit?.returnTo === "a blob of this page" ? { ...visit, returnTo: blob } : visit,
    });
    answers.push(error ? (error.code ?? error.name) : "ok");
  }
  return answers;
}
