import { expect, test } from "./fixtures.js";

const files = "https://api.example.com/v1/files";

test("files are listed", async ({ page }) => {
  const tokens = [];
  await page.route(files, (route) => {
    tokens.push(route.request().headers().authorization);
    return route.fulfill({ json: [{ name: "a.txt" }, { name: "b.txt" }] });
  });
  await page.goto("/");
  await expect(page.getByRole("listitem")).toHaveText(["a.txt", "b.txt"]);
  expect(tokens).toHaveLength(1);
  expect(tokens[0]).toMatch(/^Bearer /);
});

test("an outage of the API is told", async ({ page }) => {
  await page.route(files, (route) => route.fulfill({ status: 500 }));
  await page.goto("/");
  await expect(page.getByText("The files can't be had (500).")).toBeVisible();
});

test("a grant that was revoked ends the session", async ({ page }) => {
  await page.route(files, (route) => route.fulfill({ status: 401 }));
  let refreshes = 0;
  await page.route("**/token", async (route) => {
    if (!route.request().postData().includes("grant_type=refresh_token")) return route.continue();
    refreshes += 1;
    await route.fulfill({ status: 400, json: { error: "invalid_grant" } });
  });
  await page.goto("/");
  await expect(page.getByText("You were signed out.")).toBeVisible();
  expect(refreshes).toBe(1);
});
