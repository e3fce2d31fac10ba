import { rspack } from "@rspack/core";

export default {
  entry: "./src/main.js",
  output: { filename: "[name].[contenthash].js", publicPath: "/", clean: true, trustedTypes: { policyName: "webpack" } },
  devServer: { historyApiFallback: true, static: "public" },
  plugins: [new rspack.HtmlRspackPlugin({ template: "index.html" })],
};
