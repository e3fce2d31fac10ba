import { StartServer, createHandler } from "@solidjs/start/server";

const document = ({ assets, children, scripts }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      {assets}
    </head>
    <body>
      <div id="app">{children}</div>
      {scripts}
    </body>
  </html>
);

export default createHandler(() => <StartServer document={document} />);
