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

// Seconds between two looks: it grows by this factor while nothing changes.
const FIRST_PAUSE = 0.1;
const LONGEST_PAUSE = 5;
const GROWTH = 1.5;
// What ends by itself: the server, or what stands in front of it, asks for patience.
const PASSING = [429, 502, 503, 504];

/**
 * Yield the request as it is now, and again at each change, until it has ended.
 *
 * A look at what has not changed costs the server next to nothing. Should the server be restarted
 * meanwhile, or ask for patience, it is waited for.
 *
 * @param seconds when to give up, with an error; the order itself goes on
 */
export async function* follow(
  client: Gatekeeper,
  id: string,
  { seconds = 900 }: { seconds?: number } = {},
): AsyncGenerator<Request> {
  const deadline = Date.now() + seconds * 1000;
  let seen: { request: Request; etag: string | null } | undefined;
  let pause = FIRST_PAUSE;
  for (;;) {
    const { changed, failure, patience }: Look = await look(client, id, seen?.etag);
    if (failure !== undefined && (seen === undefined || patience === undefined)) throw failure;
    if (changed !== undefined) {
      seen = changed;
      pause = FIRST_PAUSE;
      yield changed.request;
      if (["SUCCEEDED", "ERROR"].includes(changed.request.state)) return;
    }
    const left = (deadline - Date.now()) / 1000;
    if (left <= 0) {
      throw failure ?? new Error(`After ${seconds} s request ${id} is ${seen?.request.status}.`);
    }
    const wait = Math.min(left, Math.max(pause, patience ?? 0));
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    pause = Math.min(LONGEST_PAUSE, pause * GROWTH);
  }
}

/** What a look at a request found: that it changed, or nothing, or why it failed. */
interface Look {
  changed?: { request: Request; etag: string | null };
  failure?: unknown;
  /** Seconds that it takes at least until it may do well; undefined if it never will. */
  patience?: number;
}

async function look(client: Gatekeeper, id: string, etag?: string | null): Promise<Look> {
  const headers: HeadersInit = etag ? { "If-None-Match": etag } : {};
  let answer;
  try {
    answer = await client.GET("/requests/{id}", { params: { path: { id } }, headers });
  } catch (failure) {
    // fetch says so where the server cannot be reached; what cannot be read is another error.
    return failure instanceof TypeError ? { failure, patience: 0 } : { failure };
  }
  const { data, error, response } = answer;
  if (response.status === 304) return {};
  if (data !== undefined) {
    return { changed: { request: data, etag: response.headers.get("ETag") } };
  }
  const failure = refusal(response, error);
  if (!PASSING.includes(response.status)) return { failure };
  return { failure, patience: Number(response.headers.get("Retry-After")) || 0 };
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
