// The least that fetches in a worker for its page: a token in a variable, a message there and a message back. It checks,
// refreshes and queues nothing, so it is the limit of what a call by way of a worker can cost.

let authorization;

const attend = (port) => {
  port.onmessage = async ({ data: { id, url, init, token } }) => {
    if (token) return (authorization = token);
    const response = await fetch(url, { ...init, credentials: "omit", headers: { ...init?.headers, authorization } });
    const body = await response.arrayBuffer();
    port.postMessage({ id, body, status: response.status, headers: [...response.headers] }, [body]);
  };
};

if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => attend(port);
else attend(self);
