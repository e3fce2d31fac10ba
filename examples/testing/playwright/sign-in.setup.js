import { expect, test } from "./fixtures.js";

test("sign in", async ({ page }) => {
  await page.route("https://api.example.com/v1/files", (route) => route.fulfill({ json: [] }));
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in" }).click();
  // What a person does at the authorization server.
  await page.getByLabel("Your name").fill("ada");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("list")).toBeAttached();
  await page.context().storageState({ path: ".auth/ada.json" });
});
