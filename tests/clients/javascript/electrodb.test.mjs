// ElectroDB: two entities and a collection in one table, with composed keys, cursors and batches.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { Entity, Service } from "electrodb";

const table = "clients-electrodb";
const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT });
const version = "1";
const service = "school";

const Task = new Entity(
  {
    model: { entity: "task", version, service },
    attributes: {
      team: { type: "string", required: true },
      project: { type: "string", required: true },
      number: { type: "number", required: true, padding: { length: 4, char: "0" } },
      owner: { type: "string", required: true },
      status: { type: ["open", "in-progress", "done"], default: "open" },
      points: { type: "number" },
      tags: { type: "set", items: "string" },
      comments: {
        type: "list",
        items: { type: "map", properties: { user: { type: "string" }, body: { type: "string" } } },
      },
    },
    indexes: {
      task: {
        pk: { field: "pk", composite: ["team"] },
        sk: { field: "sk", composite: ["project", "number"] },
      },
      assigned: {
        index: "gsi1pk-gsi1sk-index",
        collection: "assignments",
        pk: { field: "gsi1pk", composite: ["owner"] },
        sk: { field: "gsi1sk", composite: ["status", "number"] },
      },
    },
  },
  { table, client },
);

const Person = new Entity(
  {
    model: { entity: "person", version, service },
    attributes: { owner: { type: "string", required: true }, name: { type: "string" } },
    indexes: {
      person: { pk: { field: "pk", composite: ["owner"] }, sk: { field: "sk", composite: [] } },
      assigned: {
        index: "gsi1pk-gsi1sk-index",
        collection: "assignments",
        pk: { field: "gsi1pk", composite: ["owner"] },
        sk: { field: "gsi1sk", composite: [] },
      },
    },
  },
  { table, client },
);

const School = new Service({ Task, Person }, { table, client });

const tasks = Array.from({ length: 40 }, (_, number) => ({
  team: "core",
  project: number < 25 ? "backend" : "frontend",
  number,
  owner: number % 2 ? "ben" : "amara",
  status: "open",
  points: number % 5,
}));

before(async () => {
  const keys = (pk, sk) => [
    { AttributeName: pk, KeyType: "HASH" },
    { AttributeName: sk, KeyType: "RANGE" },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: keys("pk", "sk"),
      GlobalSecondaryIndexes: [
        {
          IndexName: "gsi1pk-gsi1sk-index",
          KeySchema: keys("gsi1pk", "gsi1sk"),
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName: table });
  const { unprocessed } = await Task.put(tasks).go();
  assert.deepEqual(unprocessed, []);
  await Person.put({ owner: "ben", name: "Ben" }).go();
});

after(() => client.send(new DeleteTableCommand({ TableName: table })));

// An index may lag behind its table.
const eventually = async (read, ready) => {
  let found = await read();
  for (let tries = 0; !ready(found) && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await read();
  }
  return found;
};

test("an entity is stored under its composed keys", async () => {
  const { data } = await Task.get({ team: "core", project: "backend", number: 7 }).go({ consistent: true });
  assert.deepEqual(data, tasks[7]);
  const Key = { pk: { S: "$school#team_core" }, sk: { S: "$task_1#project_backend#number_0007" } };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }));
  assert.equal(Item.number.N, "7");
  assert.equal(Item.gsi1sk.S, "$assignments#task_1#status_open#number_0007");
});

test("an entity is created once", async () => {
  const draft = { team: "docs", project: "guide", number: 1, owner: "amara" };
  const { data } = await Task.create(draft).go();
  assert.deepEqual(data, { ...draft, status: "open" });
  await assert.rejects(Task.create({ ...draft, owner: "ben" }).go(), (error) => {
    assert.equal(error.cause.name, "ConditionalCheckFailedException");
    return true;
  });
  assert.equal((await Task.get(draft).go()).data.owner, "amara");
  const { data: removed } = await Task.remove(draft).go({ response: "all_old" });
  assert.equal(removed.owner, "amara");
  assert.equal((await Task.get(draft).go()).data, null);
});

test("a patch acts on the stored entity, and only where its condition holds", async () => {
  const key = { team: "patches", project: "backend", number: 1 };
  await Task.put({ ...key, owner: "amara", status: "in-progress", points: 2, tags: ["old"], comments: [] }).go();
  const patch = () =>
    Task.patch(key)
      .add({ points: 5, tags: ["new"] })
      .append({ comments: [{ user: "ben", body: "Half-baked." }] })
      .set({ status: "done" })
      .composite({ number: 1 })
      .where(({ status }, { eq }) => eq(status, "in-progress"));
  const { data } = await patch().go({ response: "all_new" });
  assert.deepEqual([data.points, data.status, data.tags.sort()], [7, "done", ["new", "old"]]);
  assert.deepEqual(data.comments, [{ user: "ben", body: "Half-baked." }]);
  await assert.rejects(patch().go(), (error) => error.cause.name === "ConditionalCheckFailedException");
  await assert.rejects(
    Task.patch({ ...key, number: 404 }).set({ points: 1 }).go(),
    (error) => error.cause.name === "ConditionalCheckFailedException",
  );
  // The change of status moved the entity in the index.
  const read = () => Task.query.assigned({ owner: "amara", status: "done" }).go();
  const { data: done } = await eventually(read, (answer) => answer.data.length === 1);
  assert.deepEqual(done.map(({ team, number }) => [team, number]), [["patches", 1]]);
});

test("queries select by part of the sort key, in both directions", async () => {
  const numbers = async (query, options) => (await query.go(options)).data.map(({ number }) => number);
  const backend = { team: "core", project: "backend" };
  const range = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);
  assert.deepEqual(await numbers(Task.query.task(backend), { pages: "all" }), range(0, 25));
  assert.deepEqual(
    await numbers(Task.query.task({ team: "core" }).between({ ...backend, number: 3 }, { ...backend, number: 6 })),
    [3, 4, 5, 6],
  );
  assert.deepEqual(await numbers(Task.query.task(backend), { order: "desc", count: 3 }), [24, 23, 22]);
  const filtered = Task.query.task(backend).where(({ points }, { gte }) => gte(points, 4));
  assert.deepEqual(await numbers(filtered, { pages: "all" }), [4, 9, 14, 19, 24]);
});

test("a cursor goes on where its page ended", async () => {
  const found = [];
  let cursor = null;
  let pages = 0;
  do {
    const page = await Task.query.task({ team: "core" }).go({ cursor, limit: 15 });
    found.push(...page.data);
    cursor = page.cursor;
    pages++;
  } while (cursor !== null);
  assert.deepEqual(found, tasks);
  assert.equal(pages, 3);
});

test("a collection returns entities of both kinds from the index", async () => {
  const read = () => School.collections.assignments({ owner: "ben" }).go({ pages: "all" });
  const { data } = await eventually(read, (answer) => answer.data.Task.length === 20);
  assert.deepEqual(data.Person, [{ owner: "ben", name: "Ben" }]);
  assert.deepEqual(data.Task, tasks.filter(({ owner }) => owner === "ben"));
});

test("batches get and delete", async () => {
  const many = Array.from({ length: 30 }, (_, number) => ({
    team: "batch",
    project: "backend",
    number,
    owner: "carol",
    status: "open",
  }));
  await Task.put(many).go();
  await Task.delete(many.slice(4)).go();
  const { data, unprocessed } = await Task.get(many).go({ consistent: true });
  assert.deepEqual(data.sort((one, other) => one.number - other.number), many.slice(0, 4));
  assert.deepEqual(unprocessed, []);
});

test("a scan sees one kind of entity", async () => {
  const { data } = await Person.scan.go({ pages: "all" });
  assert.deepEqual(data, [{ owner: "ben", name: "Ben" }]);
});
