// Shows that a worker runs as a module: as a script, this line would be an error.
export {};

self.postMessage("ready");
