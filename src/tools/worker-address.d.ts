/** Vite's import of a worker's address. The page's program has it from vite/client, which would bring the DOM here. */
declare module "*?worker&url" {
  const address: string;
  export default address;
}
