// dynamodb-toolbox: entities with schemas and computed keys, access by key, index, page and batch.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Entity } from "dynamodb-toolbox/entity";
import { BatchDeleteRequest } from "dynamodb-toolbox/entity/actions/batchDelete";
import { BatchGetRequest } from "dynamodb-toolbox/entity/actions/batchGet";
import { BatchPutRequest } from "dynamodb-toolbox/entity/actions/batchPut";
import { DeleteItemCommand } from "dynamodb-toolbox/entity/actions/delete";
import { GetItemCommand } from "dynamodb-toolbox/entity/actions/get";
import { PutItemCommand } from "dynamodb-toolbox/entity/actions/put";
import { $add, $append, $remove, UpdateItemCommand } from "dynamodb-toolbox/entity/actions/update";
import { item } from "dynamodb-toolbox/schema/item";
import { list } from "dynamodb-toolbox/schema/list";
import { map } from "dynamodb-toolbox/schema/map";
import { number } from "dynamodb-toolbox/schema/number";
import { set } from "dynamodb-toolbox/schema/set";
import { string } from "dynamodb-toolbox/schema/string";
import { BatchGetCommand, execute as executeGet } from "dynamodb-toolbox/table/actions/batchGet";
import { BatchWriteCommand, execute as executeWrite } from "dynamodb-toolbox/table/actions/batchWrite";
import { QueryCommand } from "dynamodb-toolbox/table/actions/query";
import { ScanCommand } from "dynamodb-toolbox/table/actions/scan";
import { Table } from "dynamodb-toolbox/table";

const TableName = "clients-dynamodb-toolbox";
const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT });

const Store = new Table({
  documentClient: DynamoDBDocumentClient.from(client),
  name: TableName,
  partitionKey: { name: "pk", type: "string" },
  sortKey: { name: "sk", type: "string" },
  indexes: {
    byTrainer: {
      type: "global",
      partitionKey: { name: "trainer", type: "string" },
      sortKey: { name: "level", type: "number" },
    },
    byLevel: { type: "local", sortKey: { name: "level", type: "number" } },
  },
});

const Animal = new Entity({
  name: "animal",
  table: Store,
  schema: item({
    kind: string().key(),
    id: string().key(),
    trainer: string().optional(),
    level: number(),
    tags: set(string()).optional(),
    log: list(string()).optional(),
    home: map({ city: string(), zip: string().optional() }).optional(),
  }),
  computeKey: ({ kind, id }) => ({ pk: `KIND#${kind}`, sk: `ID#${id}` }),
  timestamps: false,
});

const animals = Array.from({ length: 30 }, (_, n) => ({
  kind: "otter",
  id: String(n).padStart(2, "0"),
  trainer: n % 2 ? "ben" : "amara",
  level: 100 - n,
}));
const ids = (items) => items.map(({ id }) => id);
const otters = { partition: "KIND#otter" };

before(async () => {
  const key = (AttributeName, KeyType) => ({ AttributeName, KeyType });
  const Projection = { ProjectionType: "ALL" };
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        ...["pk", "sk", "trainer"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        { AttributeName: "level", AttributeType: "N" },
      ],
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      GlobalSecondaryIndexes: [
        { IndexName: "byTrainer", KeySchema: [key("trainer", "HASH"), key("level", "RANGE")], Projection },
      ],
      LocalSecondaryIndexes: [
        { IndexName: "byLevel", KeySchema: [key("pk", "HASH"), key("level", "RANGE")], Projection },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  for (const part of [animals.slice(0, 25), animals.slice(25)]) {
    const requests = part.map((animal) => Animal.build(BatchPutRequest).item(animal));
    const { UnprocessedItems } = await executeWrite(Store.build(BatchWriteCommand).requests(...requests));
    assert.deepEqual(UnprocessedItems, {});
  }
});

after(() => client.send(new DeleteTableCommand({ TableName })));

test("an item comes back as it was put, and is deleted", async () => {
  const animal = {
    kind: "heron",
    id: "1",
    level: 2.5,
    tags: new Set(["a", "b"]),
    log: ["hatched"],
    home: { city: "Zürich" },
  };
  await Animal.build(PutItemCommand).item(animal).send();
  const get = Animal.build(GetItemCommand).key({ kind: "heron", id: "1" });
  assert.deepEqual((await get.options({ consistent: true }).send()).Item, animal);
  const some = await get.options({ attributes: ["home.city", "level"] }).send();
  assert.deepEqual(some.Item, { home: { city: "Zürich" }, level: 2.5 });
  const remove = Animal.build(DeleteItemCommand).key({ kind: "heron", id: "1" });
  const { Attributes } = await remove.options({ returnValues: "ALL_OLD" }).send();
  assert.deepEqual(Attributes, animal);
  assert.equal((await get.send()).Item, undefined);
});

test("a conditional put does not overwrite", async () => {
  const put = (level) =>
    Animal.build(PutItemCommand)
      .item({ kind: "swan", id: "1", level })
      .options({ condition: { attr: "kind", exists: false } });
  await put(1).send();
  await assert.rejects(put(2).send(), { name: "ConditionalCheckFailedException" });
  const { Item } = await Animal.build(GetItemCommand).key({ kind: "swan", id: "1" }).send();
  assert.equal(Item.level, 1);
});

test("an update acts on the stored item", async () => {
  const key = { kind: "crow", id: "1" };
  await Animal.build(PutItemCommand)
    .item({ ...key, level: 1, trainer: "ben", tags: new Set(["old"]), log: ["hatched"] })
    .send();
  const update = () =>
    Animal.build(UpdateItemCommand)
      .item({ ...key, level: $add(4), tags: $add(new Set(["new"])), log: $append(["trained"]), trainer: $remove() })
      .options({ condition: { attr: "level", lt: 5 }, returnValues: "ALL_NEW" });
  const { Attributes } = await update().send();
  assert.deepEqual([...Attributes.tags].sort(), ["new", "old"]);
  const { tags, ...rest } = Attributes;
  assert.deepEqual(rest, { ...key, level: 5, log: ["hatched", "trained"] });
  await assert.rejects(update().send(), { name: "ConditionalCheckFailedException" });
});

test("a query crosses pages in both directions", async () => {
  const query = (options) => Store.build(QueryCommand).entities(Animal).query(otters).options(options).send();
  const all = await query({ limit: 7, maxPages: Infinity });
  assert.deepEqual(ids(all.Items), ids(animals));
  const first = await query({ limit: 12 });
  const rest = await query({ exclusiveStartKey: first.LastEvaluatedKey });
  assert.deepEqual([...ids(first.Items), ...ids(rest.Items)], ids(animals));
  assert.deepEqual(ids((await query({ limit: 3, reverse: true })).Items), ["29", "28", "27"]);
});

test("range and filter combine", async () => {
  const { Items, Count, ScannedCount } = await Store.build(QueryCommand)
    .entities(Animal)
    .query({ ...otters, range: { between: ["ID#10", "ID#15"] } })
    .options({ filters: { animal: { attr: "trainer", eq: "ben" } } })
    .send();
  assert.deepEqual(ids(Items), ["11", "13", "15"]);
  assert.deepEqual([Count, ScannedCount], [3, 6]);
});

test("the local index sorts by level", async () => {
  const { Items } = await Store.build(QueryCommand)
    .entities(Animal)
    .query({ ...otters, index: "byLevel", range: { lte: 74 } })
    .options({ consistent: true })
    .send();
  assert.deepEqual(ids(Items), ["29", "28", "27", "26"]);
});

test("the global index finds a trainer's animals", async () => {
  const query = () =>
    Store.build(QueryCommand)
      .entities(Animal)
      .query({ index: "byTrainer", partition: "ben", range: { gt: 80 } })
      .options({ reverse: true })
      .send();
  // An index may lag behind its table.
  let found = await query();
  for (let tries = 0; found.Count < 10 && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await query();
  }
  assert.deepEqual(ids(found.Items), ids(animals.filter(({ trainer, level }) => trainer === "ben" && level > 80)));
});

test("batches get and delete", async () => {
  const keys = Array.from({ length: 10 }, (_, n) => ({ kind: "batch", id: String(n) }));
  const write = (requests) => executeWrite(Store.build(BatchWriteCommand).requests(...requests));
  await write(keys.map((key) => Animal.build(BatchPutRequest).item({ ...key, level: 1 })));
  await write(keys.slice(3).map((key) => Animal.build(BatchDeleteRequest).key(key)));
  const get = Store.build(BatchGetCommand).requests(...keys.map((key) => Animal.build(BatchGetRequest).key(key)));
  const { Responses } = await executeGet(get);
  assert.deepEqual(
    Responses[0].filter((found) => found !== undefined).map(({ id }) => id),
    ["0", "1", "2"],
  );
});

test("a scan in segments returns every item once", async () => {
  const scan = (segment) =>
    Store.build(ScanCommand)
      .entities(Animal)
      .options({ segment, totalSegments: 2, limit: 9, maxPages: Infinity })
      .send();
  const found = (await Promise.all([scan(0), scan(1)])).flatMap(({ Items }) => Items);
  assert.deepEqual(ids(found.filter(({ kind }) => kind === "otter")).sort(), ids(animals));
});
