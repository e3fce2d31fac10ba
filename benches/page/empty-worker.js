// Answers a hello and does nothing else: the limit of how soon a worker can answer.
const attend = (port) => (port.onmessage = () => port.postMessage("hello"));

if ("onconnect" in self) self.onconnect = ({ ports: [port] }) => attend(port);
else attend(self);
