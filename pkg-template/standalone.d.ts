// A file to be served below a configuration, as `npx tokenkeep init` writes it; there is nothing to import.
export {};
