// An application that keeps axios and lets it send its requests through the session.

import axios from "axios";

globalThis.axios = axios;
