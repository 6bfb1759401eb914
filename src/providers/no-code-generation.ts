import { config } from "zod/v4/core";

// zod tries whether it may compile code, and the app's security policy forbids that: the try alone is reported as a
// violation on the console. Imported before the library that builds its schemas as it loads.
config({ jitless: true });
