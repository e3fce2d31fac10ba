import { defineConfig } from "@playwright/test";

export default defineConfig({
  use: { baseURL: process.env.APP_URL ?? "http://127.0.0.1:5173" },
  projects: [
    { name: "sign-in", testMatch: "sign-in.setup.js" },
    { name: "signed-in", testMatch: "*.spec.js", dependencies: ["sign-in"], use: { storageState: ".auth/ada.json" } },
  ],
});
