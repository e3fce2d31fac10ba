import HtmlWebpackPlugin from "html-webpack-plugin";

export default {
  entry: "./src/main.js",
  output: { filename: "[name].[contenthash].js", publicPath: "/", clean: true, trustedTypes: { policyName: "webpack" } },
  plugins: [new HtmlWebpackPlugin({ template: "index.html" })],
};
