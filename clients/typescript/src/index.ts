/** Calls Gatekeeper: openapi-fetch with the types of its schema, and two helpers. */

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type { components, paths } from "./schema.js";

export type Gatekeeper = Client<paths>;
export type Problem = components["schemas"]["Problem"];
export type Request = components["schemas"]["Request"];

/** The server says why it does not do what it was asked for. Thrown by the helpers alone. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "Refused";
    this.problem = problem;
  }
}

/** Return a client of the server at this root, called with a token. */
export function connect(url: string, token?: string): Gatekeeper {
  return createClient<paths>({
    baseUrl: url,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
}

const FIRST_PAUSE = 0.1;
const LONGEST_PAUSE = 5;
const GROWTH = 1.5;

/**
 * Yield the request as it is now, and again at each change, until it has ended.
 *
 * A look at what has not changed costs the server next to nothing.
 *
 * @param seconds when to give up, with an error; the order itself goes on
 */
export async function* follow(
  client: Gatekeeper,
  id: string,
  { seconds = 900 }: { seconds?: number } = {},
): AsyncGenerator<Request> {
  const deadline = Date.now() + seconds * 1000;
  let etag: string | undefined;
  let status = "unknown";
  let pause = FIRST_PAUSE;
  for (;;) {
    const headers: HeadersInit = etag === undefined ? {} : { "If-None-Match": etag };
    const answer = await client.GET("/requests/{id}", { params: { path: { id } }, headers });
    if (answer.response.status !== 304) {
      if (answer.data === undefined) throw refusal(answer.response, answer.error);
      etag = answer.response.headers.get("ETag") ?? undefined;
      status = answer.data.status;
      pause = FIRST_PAUSE;
      yield answer.data;
      if (answer.data.state === "SUCCEEDED" || answer.data.state === "ERROR") return;
    }
    const left = (deadline - Date.now()) / 1000;
    if (left <= 0) throw new Error(`After ${seconds} s request ${id} is ${status}.`);
    const wait = Math.min(left, pause) * 1000;
    await new Promise((resolve) => setTimeout(resolve, wait));
    pause = Math.min(LONGEST_PAUSE, pause * GROWTH);
  }
}

/** What a path answers a GET with, and what it takes. */
type Answer<Path> = Path extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;
type Parameters<Path> = Path extends { get: { parameters: infer Given } } ? Given : never;
type Row<Body> = Body extends (infer One)[]
  ? One
  : Body extends { [name: string]: infer Member }
    ? Member extends (infer One)[]
      ? One
      : never
    : { [Name in keyof Body]: Body[Name] extends (infer One)[] ? One : never }[keyof Body];
/** The paths of lists: those that take a cursor. */
export type ListPath = {
  [Path in keyof paths]: paths[Path] extends { get: { parameters: { query?: infer Query } } }
    ? "cursor" extends keyof NonNullable<Query>
      ? Path
      : never
    : never;
}[keyof paths];

/** A page of a list. */
export interface Page<One> {
  rows: One[];
  /** How many rows all pages have. */
  total: number;
  /** Whether they are exactly so many: beyond 100,000 it may be an estimate. */
  isExact: boolean;
}

/**
 * Yield each page of a list, the next one when it is asked for.
 *
 * No row is skipped or repeated while others are added.
 */
export async function* pages<Path extends ListPath>(
  client: Gatekeeper,
  path: Path,
  parameters: Omit<Parameters<paths[Path]>, "cookie"> = {} as Parameters<paths[Path]>,
): AsyncGenerator<Page<Row<Answer<paths[Path]>>>> {
  const given = parameters as { query?: object };
  let cursor: string | null = "";
  while (cursor !== null) {
    const params = { ...given, query: { ...given.query, cursor } };
    const answer: { data?: unknown; error?: unknown; response: Response } = await client.GET(
      path,
      { params } as never,
    );
    if (!answer.response.ok) throw refusal(answer.response, answer.error);
    // `/v2.0` has the rows in the one member of an object.
    const body = answer.data as object;
    const rows = (Array.isArray(body) ? body : Object.values(body)[0]) as Row<
      Answer<paths[Path]>
    >[];
    const { headers } = answer.response;
    yield {
      rows,
      total: Number(headers.get("Record-Count")),
      isExact: headers.get("Record-Count-Exact") !== "false",
    };
    cursor = nextCursor(headers.get("Link"));
  }
}

/** Return where the next page begins, or null if this one is the last. */
function nextCursor(link: string | null): string | null {
  const next = /<([^>]*)>;\s*rel="?next"?/.exec(link ?? "");
  return next?.[1] === undefined ? null : new URL(next[1]).searchParams.get("cursor");
}

/** Return what to throw of an answer that says no. */
function refusal(response: Response, error: unknown): Error {
  const kind = response.headers.get("Content-Type") ?? "";
  if (kind.startsWith("application/problem+json")) return new Refused(error as Problem);
  return new Error(`${response.url} was answered with ${response.status} and ${kind}.`);
}
