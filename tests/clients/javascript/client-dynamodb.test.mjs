// The low-level client: tables and waiters, items, conditions, paginators, a global index, batches.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateListTables,
  paginateQuery,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";

const TableName = "clients-javascript-low-level";
const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT });
const waiter = { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };

const song = (artist, title, year) => ({
  artist: { S: artist },
  title: { S: title },
  year: { N: String(year) },
});
const songs = Array.from({ length: 25 }, (_, n) => song("Ion", `Song ${String(n).padStart(2, "0")}`, 2000 + n));
const titles = (items) => items.map((item) => item.title.S);

before(async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "artist", AttributeType: "S" },
        { AttributeName: "title", AttributeType: "S" },
        { AttributeName: "year", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "artist", KeyType: "HASH" },
        { AttributeName: "title", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-year",
          KeySchema: [{ AttributeName: "year", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  );
  const { state } = await waitUntilTableExists(waiter, { TableName });
  assert.equal(state, "SUCCESS");
  const RequestItems = { [TableName]: songs.map((Item) => ({ PutRequest: { Item } })) };
  const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems }));
  assert.deepEqual(UnprocessedItems, {});
});

after(async () => {
  await client.send(new DeleteTableCommand({ TableName }));
  const { state } = await waitUntilTableNotExists(waiter, { TableName });
  assert.equal(state, "SUCCESS");
  await assert.rejects(client.send(new DescribeTableCommand({ TableName })), ResourceNotFoundException);
});

test("every type comes back as it was put", async () => {
  const Item = {
    artist: { S: "Types" },
    title: { S: "Zürich ✓ 🎵" },
    number: { N: "-12.5" },
    binary: { B: new Uint8Array([0, 1, 255]) },
    list: { L: [{ S: "x" }, { NULL: true }, { BOOL: false }] },
    map: { M: { inner: { M: {} } } },
    strings: { SS: ["a", "b"] },
    numbers: { NS: ["1", "2"] },
    binaries: { BS: [new Uint8Array([7])] },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  const { artist, title } = Item;
  const found = await client.send(new GetItemCommand({ TableName, Key: { artist, title }, ConsistentRead: true }));
  assert.deepEqual(
    { ...found.Item, strings: { SS: found.Item.strings.SS.sort() }, numbers: { NS: found.Item.numbers.NS.sort() } },
    Item,
  );
});

test("an item is updated and deleted", async () => {
  const Key = { artist: { S: "Life" }, title: { S: "Cycle" } };
  const updated = await client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: "SET plays = if_not_exists(plays, :zero) + :one",
      ExpressionAttributeValues: { ":zero": { N: "0" }, ":one": { N: "1" } },
      ReturnValues: "ALL_NEW",
    }),
  );
  assert.deepEqual(updated.Attributes, { ...Key, plays: { N: "1" } });
  const deleted = await client.send(new DeleteItemCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
  assert.deepEqual(deleted.Attributes, updated.Attributes);
  const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
  assert.equal(Item, undefined);
});

test("a failed condition throws its own class, with the item that stood against it", async () => {
  const put = new PutItemCommand({
    TableName,
    Item: song("Ion", "Song 00", 1999),
    ConditionExpression: "attribute_not_exists(artist)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await assert.rejects(client.send(put), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, "The conditional request failed");
    assert.deepEqual(error.Item, songs[0]);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.ok(error.$metadata.requestId);
    return true;
  });
});

test("the paginator walks pages in both directions", async () => {
  const walk = async (ScanIndexForward) => {
    const pages = [];
    const query = {
      TableName,
      KeyConditionExpression: "artist = :artist",
      ExpressionAttributeValues: { ":artist": { S: "Ion" } },
      ScanIndexForward,
    };
    for await (const page of paginateQuery({ client, pageSize: 10 }, query)) {
      pages.push(titles(page.Items));
    }
    return pages;
  };
  const forward = await walk(true);
  assert.deepEqual(forward.map((page) => page.length), [10, 10, 5]);
  assert.deepEqual(forward.flat(), titles(songs));
  assert.deepEqual((await walk(false)).flat(), titles(songs).reverse());
});

test("a key condition selects a range", async () => {
  const { Items } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "artist = :artist AND title BETWEEN :from AND :to",
      FilterExpression: "#year <> :year",
      ExpressionAttributeNames: { "#year": "year" },
      ExpressionAttributeValues: {
        ":artist": { S: "Ion" },
        ":from": { S: "Song 03" },
        ":to": { S: "Song 06" },
        ":year": { N: "2004" },
      },
    }),
  );
  assert.deepEqual(titles(Items), ["Song 03", "Song 05", "Song 06"]);
});

test("the global index finds a song by its year", async () => {
  const query = new QueryCommand({
    TableName,
    IndexName: "by-year",
    KeyConditionExpression: "#year = :year",
    ExpressionAttributeNames: { "#year": "year" },
    ExpressionAttributeValues: { ":year": { N: "2007" } },
  });
  // An index may lag behind its table.
  let found = await client.send(query);
  for (let tries = 0; found.Count === 0 && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await client.send(query);
  }
  assert.deepEqual(found.Items, [songs[7]]);
});

test("a batch get returns the items that exist", async () => {
  const Keys = ["Song 01", "Song 02", "none"].map((title) => ({ artist: { S: "Ion" }, title: { S: title } }));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }),
  );
  assert.deepEqual(titles(Responses[TableName]).sort(), ["Song 01", "Song 02"]);
  assert.deepEqual(UnprocessedKeys, {});
});

test("the tables are listed page by page", async () => {
  const names = [];
  for await (const page of paginateListTables({ client, pageSize: 1 }, {})) {
    names.push(...page.TableNames);
  }
  assert.ok(names.includes(TableName));
  assert.deepEqual(names, [...names].sort());
});
