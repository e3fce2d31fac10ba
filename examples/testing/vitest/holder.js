import { hold } from "tokenkeep/holder";

hold({ token: "test", resourceServers: ["https://api.example.com/v1/"], dangerAllowServiceWorker: true });
