import index from "./index.html";

const file = (path) => Bun.file(`public${path}`);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT),
  routes: {
    "/": index,
    "/callback": index,
    "/tokenkeep/holder.js": file("/tokenkeep/holder.js"),
    "/api.json": file("/api.json"),
  },
});
