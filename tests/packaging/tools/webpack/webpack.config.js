import HtmlWebpackPlugin from "html-webpack-plugin";

export default {
  entry: "./src/main.js",
  output: { filename: "[name].[contenthash].js", publicPath: "/", clean: true, trustedTypes: { policyName: "webpack" } },
  devServer: { historyApiFallback: true, static: "public" },
  plugins: [new HtmlWebpackPlugin({ template: "index.html" })],
};
